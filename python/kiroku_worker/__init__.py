"""A process that holds one model, loaded through mlflow.pyfunc in the Python environment of the model.

Kiroku's model server starts it and talks to it over a Unix socket; frames.py documents the protocol.
"""
