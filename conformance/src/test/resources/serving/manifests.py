"""manifests.py FILE: validates each document against the schema of Kubernetes, without unknown fields."""

import sys

import kubernetes_validate
import yaml

with open(sys.argv[1], encoding="utf-8") as file:
    for document in yaml.safe_load_all(file):
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
        print(document["kind"], document["metadata"]["name"])
