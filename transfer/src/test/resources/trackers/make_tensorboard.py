import os, sys, time, shutil
root = sys.argv[1]
shutil.rmtree(root, ignore_errors=True)
import numpy as np
from tensorboardX import SummaryWriter
w = SummaryWriter(os.path.join(root, "mnist/train"))
for i in range(20):
    w.add_scalar("loss", 1.0/(i+1), i)
    w.add_scalar("acc (top-1)", i/20, i)
w.add_scalar("edge", float("nan"), 0); w.add_scalar("edge", float("inf"), 1); w.add_scalar("edge", 0.5, -3)
w.add_histogram("weights", np.arange(10.0), 0)
w.add_text("note", "hello", 0)
w.add_image("img", np.zeros((3,4,4), dtype=np.uint8), 0)
w.add_hparams({"lr": 1e-5, "layers": 3, "opt": "adam", "bias": True}, {"final/acc": 0.93}, name="hp")
w.close()
# the other form: scalars as tensors, by TensorBoard's own library as TensorFlow 2 and PyTorch's newer writers do
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.plugins.scalar import summary as scalar
from tensorboard.plugins.scalar.summary_v2 import scalar_pb
from tensorboard.plugins.hparams import summary_v2 as hp
from tensorboard.summary.writer.event_file_writer import EventFileWriter
w = EventFileWriter(os.path.join(root, "mnist/validation"))
for i in range(5):
    s = scalar_pb("epoch_loss", 2.0/(i+1)) if i == 0 else scalar_pb("epoch_loss", 2.0/(i+1))
    w.add_event(Event(wall_time=1700000000.5+i, step=i, summary=s))
w.add_event(Event(wall_time=1700000000.0, step=0, summary=hp.hparams_pb({"units": 16, "dropout": 0.25}, trial_id="t1", start_time_secs=1700000000)))
w.close()
