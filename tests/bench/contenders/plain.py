"""The plain design: Redis GET, ``json.loads``, ``jsonify``."""

import json
import os

import redis
from flask import Flask, Response, jsonify

from tests.bench.contenders.upstream import PATH, TTL_SECONDS, fetched

KEY = "bench:plain"

app = Flask(__name__)
client = redis.Redis.from_url(os.environ["REDIS_URL"])


@app.get(PATH)
def symbols() -> Response:
    stored = client.get(KEY)
    if stored:
        return jsonify(json.loads(stored))
    answer = fetched()
    client.set(KEY, json.dumps(answer), ex=TTL_SECONDS)
    return jsonify(answer)
