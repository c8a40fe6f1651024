"""The process in which a model of any flavor runs, loaded through mlflow.pyfunc in the environment that logged it.

Kiroku's model server starts it and talks to it over a Unix socket; see frames.py for what is said.
"""
