"""Makes run folders of Weights & Biases: python make_wandb.py FOLDER [RUN]; each run in a process of its own, as in training."""
import glob
import os
import shutil
import subprocess
import sys

root = sys.argv[1]
if len(sys.argv) == 2:
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(root)
    for name in ["first", "failed", "resumed", "other"]:
        subprocess.run([sys.executable, __file__, root, name], check=name != "failed")
    for path in glob.glob(root + "/wandb/*"):
        shutil.rmtree(path + "/logs", ignore_errors=True)
        shutil.rmtree(path + "/tmp", ignore_errors=True)
        if os.path.islink(path):
            os.remove(path)
    sys.exit()

os.environ.update(WANDB_MODE="offline", WANDB_DIR=root, WANDB_CONSOLE="off", WANDB_DISABLE_GIT="true",
                  WANDB_DISABLE_CODE="true", WANDB_SILENT="true", WANDB_ENTITY="team", WANDB_HOST="host")
import numpy as np
import wandb

settings = wandb.Settings(x_disable_stats=True, x_disable_meta=True, save_code=False)
if sys.argv[2] == "first":
    run = wandb.init(project="vision", name="first", id="run1", group="sweep-a", job_type="train",
                     tags=["baseline", "v1"], notes="a note\nof two lines", settings=settings,
                     config={"lr": 1e-5, "layers": [1, 2], "opt": {"name": "adam", "betas": {"b1": 0.9}},
                             "bias": True, "none": None, "text": "é"})
    for i in range(200):
        run.log({"loss": 1.0 / (i + 1), "val": {"acc": i / 200}})
    run.log({"edge": float("nan"), "big (x)": float("inf")})
    run.log({"sparse": 7, "hist": wandb.Histogram([1, 2, 3]),
             "pic": wandb.Image(np.zeros((4, 4, 3), dtype="uint8"))}, step=1000)
    run.log({"text": "a string"})
    run.summary["best/acc"] = 0.97
    run.summary["sparse"] = 0.001
    run.summary["verdict"] = "good"
    run.config.update({"late": 5})
    with open(os.path.join(run.dir, "notes.txt"), "w") as file:
        file.write("kept")
    run.finish()
elif sys.argv[2] == "failed":
    run = wandb.init(project="vision", name="second", id="run2", config={"lr": 0.1}, settings=settings)
    run.log({"loss": 0.5})
    run.finish(exit_code=1)
elif sys.argv[2] == "resumed":
    run = wandb.init(project="vision", id="run1", resume="allow", settings=settings)
    run.log({"loss": 0.01}, step=2000)
    run.finish()
else:
    run = wandb.init(project="speech", id="run1", settings=settings)
    run.log({"wer": 0.2})
    run.finish()
