"""What is wrong with this installation: checks that each tell what they found and what to do.

A check is a function that gives findings and raises nothing that it expects. Those of ``lists``,
``jobs`` and ``redis_server`` ask nobody but Redis and this process, so that pages may ask them too.
"""
