"""Whether the page stands the market's worst minutes: frames, long tasks, memory, DOM writes."""
