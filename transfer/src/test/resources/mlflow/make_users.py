"""Fills a database of users through the server of the installed MLflow with --app-name basic-auth:
python make_users.py sqlite:///tracking.db sqlite:///basic_auth.db"""
import os
import subprocess
import sys
import tempfile
import time
import urllib.request

tracking, database = sys.argv[1:3]
port = int(os.environ.get("PORT", "5931"))
url = f"http://127.0.0.1:{port}"
admin_password = os.environ.get("ADMIN_PASSWORD", "password1234")
folder = tempfile.mkdtemp()
config = os.path.join(folder, "basic_auth.ini")
with open(config, "w") as file:
    file.write(f"""[mlflow]
default_permission = READ
database_uri = {database}
admin_username = admin
admin_password = {admin_password}
authorization_function = mlflow.server.auth:authenticate_request_basic_auth
""")
os.environ.update(
    MLFLOW_AUTH_CONFIG_PATH=config,
    MLFLOW_FLASK_SERVER_SECRET_KEY="secret",
    MLFLOW_TRACKING_USERNAME="admin",
    MLFLOW_TRACKING_PASSWORD=admin_password,
)
server = subprocess.Popen(
    [sys.executable, "-m", "mlflow", "server", "--app-name", "basic-auth", "--backend-store-uri", tracking,
     "--host", "127.0.0.1", "--port", str(port), "--workers", "1"], cwd=folder)
try:
    for _ in range(120):
        try:
            urllib.request.urlopen(url + "/health")
            break
        except OSError:
            time.sleep(0.5)
    from mlflow.server import get_app_client

    client = get_app_client("basic-auth", tracking_uri=url)
    for user in ("ann", "Bob@Example.com", "eve", "with space", "BOB@example.com", "ops"):
        client.create_user(user, f"password of {user}")
    client.update_user_admin("ops", True)
    if hasattr(client, "create_role"):
        client.grant_user_permission("ann", "experiment", "1", "MANAGE")
        client.grant_user_permission("ann", "registered_model", "iris", "EDIT")
        client.grant_user_permission("ann", "prompt", "greeting", "USE")
        client.grant_user_permission("ann", "experiment", "999", "MANAGE")
        client.grant_user_permission("ann", "scorer", "1/accuracy", "READ")
        client.grant_user_permission("eve", "experiment", "1", "DENY")
        client.grant_user_permission("eve", "registered_model", "greeting", "MANAGE")
        client.grant_user_permission("eve", "registered_model", "ir*", "MANAGE")
        client.grant_user_permission("with space", "experiment", "1", "READ")
        editors = client.create_role("default", "editors", "May log")
        for permission in (("experiment", "*", "EDIT"), ("workspace", "*", "USE"), ("run", "*", "READ"),
                           ("registered_model", "iris", "READ"), ("gateway_endpoint", "*", "USE")):
            client.add_role_permission(editors.id, *permission)
        for user in ("ann", "Bob@Example.com", "with space"):
            client.assign_role(user, editors.id)
        client.create_role("default", "nobody's")
    else:
        client.create_experiment_permission("1", "ann", "MANAGE")
        client.create_registered_model_permission("iris", "ann", "EDIT")
        client.create_registered_model_permission("greeting", "ann", "EDIT")
        client.create_experiment_permission("999", "ann", "MANAGE")
        client.create_experiment_permission("1", "eve", "NO_PERMISSIONS")
        client.create_registered_model_permission("iris", "eve", "NO_PERMISSIONS")
finally:
    server.terminate()
    server.wait()
