"""A hub for `load.py` to measure. It listens on this machine only, and nobody can log in to it.

The settings under `tuned` are the ones that made a difference; book/deploy.md says which and why.
"""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821
site, hub, proxy = (f"http://127.0.0.1:{port}" for port in os.environ["LOAD_PORTS"].split())
here, root = Path.cwd(), Path(__file__).parents[1]

c.JupyterHub.bind_url = site
c.JupyterHub.hub_bind_url = hub
c.ConfigurableHTTPProxy.api_url = proxy
c.ConfigurableHTTPProxy.command = [str(root / "node_modules/.bin/configurable-http-proxy")]
c.JupyterHub.authenticator_class = "null"
c.JupyterHub.services = [{"name": "load", "api_token": os.environ["LOAD_TOKEN"]}]
c.JupyterHub.load_roles = [
    {
        "name": "load",
        "services": ["load"],
        "scopes": ["admin:users", "admin:servers", "access:servers"],
    }
]

# Every student is a process of whoever runs the measurement, with a home directory of its own.
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = str(here / "home/{username}")
c.Spawner.ip = "127.0.0.1"
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--allow-root"] if os.geteuid() == 0 else []
c.Spawner.environment = {
    "JUPYTER_RUNTIME_DIR": str(here / "run"),  # a socket's path may have 107 characters
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


def port_of_its_own(spawner):
    """Give each server a port below those that Linux hands out to others."""
    spawner.port = 20_000 + spawner.orm_spawner.user_id


if os.environ["LOAD_SETTINGS"] == "tuned":
    c.JupyterHub.concurrent_spawn_limit = 6
    c.Spawner.start_timeout = 240
    c.Spawner.http_timeout = 240
    c.Spawner.pre_spawn_hook = port_of_its_own  # a random port is free when chosen, not when used
    c.Spawner.args += ["--KernelManager.transport=ipc"]  # five random ports fewer a kernel
