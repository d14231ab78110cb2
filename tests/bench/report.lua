-- Where USERS is given, each request is the next one's of so many users with an address each.
local users = tonumber(os.getenv("USERS"))
local turn = 0
if users then
  request = function()
    turn = (turn + 1) % users
    wrk.headers["X-Forwarded-For"] =
      string.format("10.%d.%d.%d", turn / 65536, turn / 256 % 256, turn % 256)
    return wrk.format()
  end
end

-- What wrk measured, as one line of JSON.
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nwrk: {"requests": %d, "microseconds": %d, "bytes": %d, "p50_us": %d, "p99_us": %d,' ..
    ' "connect": %d, "read": %d, "write": %d, "status": %d, "timeout": %d}\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
