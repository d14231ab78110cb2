"""What is wrong with this installation: checks that each tell what they found and what to do.

A check is a function that gives findings and raises nothing that it expects.
"""
