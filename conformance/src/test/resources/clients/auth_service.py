"""Calls every method of MLflow's AuthServiceClient on a server whose administrator the variables name.

Arguments: the release of MLflow that runs this, the URI of the server.
"""

import inspect
import os
import sys
from contextlib import contextmanager

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.server import get_app_client

release, uri = sys.argv[1:]
assert mlflow.__version__ == release, mlflow.__version__
mlflow.set_tracking_uri(uri)
client = get_app_client("basic-auth", tracking_uri=uri)
tracking = MlflowClient(uri)
left = {name for name, _ in inspect.getmembers(client, inspect.ismethod) if not name.startswith("_")}


def call(method, *arguments, **named):
    left.discard(method)
    return getattr(client, method)(*arguments, **named)


@contextmanager
def signed_in_as(name, password):
    before = {key: os.environ[key] for key in ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")}
    os.environ.update(MLFLOW_TRACKING_USERNAME=name, MLFLOW_TRACKING_PASSWORD=password)
    try:
        yield
    finally:
        os.environ.update(before)


def refused(code, method, *arguments, **named):
    try:
        call(method, *arguments, **named)
    except MlflowException as e:
        assert e.error_code == code, (method, e.error_code, e.message)
        assert e.message.strip(), method
    else:
        raise AssertionError(f"{method} was not refused")


ann = f"ann-{release}"  # the server is the same for all releases
model = f"model-{release}"
experiment = tracking.create_experiment(f"experiment-{release}")
tracking.create_registered_model(model)

user = call("create_user", ann, "correct horse battery")
assert (user.username, user.is_admin) == (ann, False), vars(user)
refused("RESOURCE_ALREADY_EXISTS", "create_user", ann, "correct horse battery")
assert call("get_user", ann).id == user.id
refused("RESOURCE_DOES_NOT_EXIST", "get_user", "nobody")
call("update_user_admin", ann, True)
assert call("get_user", ann).is_admin
call("update_user_admin", ann, False)
call("update_user_password", ann, "another horse battery")
with signed_in_as(ann, "another horse battery"):
    if "current_password" in inspect.signature(client.update_user_password).parameters:
        refused("INVALID_PARAMETER_VALUE", "update_user_password", ann, "third horse battery", current_password="wrong")
        call("update_user_password", ann, "third horse battery", current_password="another horse battery")
with signed_in_as(ann, "third horse battery" if release[0] == "3" else "another horse battery"):
    assert call("get_user", ann).username == ann
    refused("PERMISSION_DENIED", "get_user", "admin")
    refused("PERMISSION_DENIED", "create_user", "eve", "correct horse battery")
    refused("PERMISSION_DENIED", "delete_user", ann)

if "create_role" in left:
    role = call("create_role", "default", f"team {release}", description="May log")
    assert (role.name, role.workspace, role.description, role.permissions) == (
        f"team {release}",
        "default",
        "May log",
        [],
    )
    plain = call("create_role", "default", f"plain {release}")
    refused("RESOURCE_ALREADY_EXISTS", "create_role", "default", f"plain {release}")
    assert call("update_role", plain.id, name=f"renamed {release}").name == f"renamed {release}"
    assert call("update_role", plain.id, description="d").description == "d"
    call("delete_role", plain.id)
    refused("RESOURCE_DOES_NOT_EXIST", "get_role", plain.id)
    added = call("add_role_permission", role.id, "experiment", experiment, "READ")
    assert (added.resource_type, added.resource_pattern, added.permission) == ("experiment", experiment, "READ")
    assert call("update_role_permission", added.id, "EDIT").permission == "EDIT"
    assert [p.permission for p in call("list_role_permissions", role.id)] == ["EDIT"]
    assert [p.id for p in call("get_role", role.id).permissions] == [added.id]
    for listed in (call("list_roles", "default"), call("list_all_roles")):
        assert role.id in [r.id for r in listed]
    assigned = call("assign_role", ann, role.id)
    assert (assigned.user_id, assigned.role_id) == (user.id, role.id)
    refused("RESOURCE_ALREADY_EXISTS", "assign_role", ann, role.id)
    assert [a.user_id for a in call("list_role_users", role.id)] == [user.id]
    assert role.id in [r.id for r in call("list_user_roles", ann)]
    found = call("get_user_permission", ann, "experiment", experiment)
    assert (found.allowed, found.permission) == (True, "EDIT"), vars(found)
    call("unassign_role", ann, role.id)
    assert role.id not in [r.id for r in call("list_user_roles", ann)]
    call("remove_role_permission", added.id)
    assert call("list_role_permissions", role.id) == []
    call("delete_role", role.id)

    call("grant_user_permission", ann, "registered_model", model, "MANAGE")
    refused("RESOURCE_ALREADY_EXISTS", "grant_user_permission", ann, "registered_model", model, "READ")
    with signed_in_as(ann, "third horse battery"):
        tracking.set_registered_model_tag(model, "a", "b")
        assert call("get_user_permission", ann, "registered_model", model).permission == "MANAGE"
    call("revoke_user_permission", ann, "registered_model", model)
    refused("RESOURCE_DOES_NOT_EXIST", "revoke_user_permission", ann, "registered_model", model)
    found = call("get_user_permission", ann, "registered_model", model)
    assert (found.allowed, found.permission) == (False, "READ"), vars(found)

if "create_experiment_permission" in left:
    made = call("create_experiment_permission", experiment, ann, "READ")
    assert (made.experiment_id, made.user_id, made.permission) == (experiment, user.id, "READ"), vars(made)
    refused("RESOURCE_ALREADY_EXISTS", "create_experiment_permission", experiment, ann, "EDIT")
    call("update_experiment_permission", experiment, ann, "EDIT")
    assert call("get_experiment_permission", experiment, ann).permission == "EDIT"
    call("delete_experiment_permission", experiment, ann)
    refused("RESOURCE_DOES_NOT_EXIST", "get_experiment_permission", experiment, ann)
    made = call("create_registered_model_permission", model, ann, "NO_PERMISSIONS")
    assert (made.name, made.user_id, made.permission) == (model, user.id, "NO_PERMISSIONS"), vars(made)
    call("update_registered_model_permission", model, ann, "MANAGE")
    assert call("get_registered_model_permission", model, ann).permission == "MANAGE"
    call("delete_registered_model_permission", model, ann)
    refused("RESOURCE_DOES_NOT_EXIST", "get_registered_model_permission", model, ann)

call("delete_user", ann)
refused("RESOURCE_DOES_NOT_EXIST", "get_user", ann)
refused("BAD_REQUEST", "delete_user", os.environ["MLFLOW_TRACKING_USERNAME"])
assert not left, f"not called: {sorted(left)}"
