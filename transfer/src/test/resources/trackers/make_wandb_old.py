import os, sys
os.environ.update(WANDB_MODE="offline", WANDB_DIR=sys.argv[1], WANDB_CONSOLE="off", WANDB_SILENT="true", WANDB_ENTITY="team", WANDB_USERNAME="ann")
import wandb, numpy as np
run = wandb.init(project="old", name="first", id="run1", config={"lr": 1e-5, "opt": {"name": "adam"}}, settings=wandb.Settings(_disable_meta=True, save_code=False, disable_git=True))
for i in range(3):
    run.log({"loss": 1.0/(i+1), "val": {"acc": i/30}})
run.log({"edge": float("nan"), "inf": float("inf"), "h": wandb.Histogram([1,2,3]), "t": "text"})
run.summary["best"]=1
run.finish()
