"""Makes an Aim repository: python make_aim.py REPOSITORY"""
import sys

import aim

repo = sys.argv[1]
import os; os.makedirs(repo, exist_ok=True)
r = aim.Run(repo=repo, experiment="vision", capture_terminal_logs=False, system_tracking_interval=None)
r.name = "first"; r.description = "a note"; r.add_tag("baseline"); r.add_tag("v1")
r["hparams"] = {"lr": 1e-5, "opt": {"name": "adam"}, "layers": [1, 2]}
r["seed"] = 7
for i in range(50):
    r.track(1/(i+1), name="loss", step=i, context={"subset": "train"})
    r.track(2/(i+1), name="loss", step=i, context={"subset": "val"})
r.track(0.5, name="acc", step=3)
r.track(aim.Text("hello"), name="note", step=0)
r.close()
r2 = aim.Run(repo=repo, experiment="speech", capture_terminal_logs=False, system_tracking_interval=None)
r2.track(0.2, name="wer", step=0); r2.close()
