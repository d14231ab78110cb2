"""Flask-Caching's ``@cached`` over Redis."""

import os

from flask import Flask, Response, jsonify
from flask_caching import Cache

from tests.bench.contenders.upstream import PATH, TTL_SECONDS, fetched

app = Flask(__name__)
cache = Cache(app, config={"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": os.environ["REDIS_URL"]})


@app.get(PATH)
@cache.cached(timeout=TTL_SECONDS, key_prefix="bench:cached")
def symbols() -> Response:
    return jsonify(fetched())
