"""How the product is at this moment: what operators, the status page and the doctor all rest on.

It says what is so, and leaves it to them how bad that is and in which words to tell it.
"""
