# Copy this to /opt/tljh/config/jupyterhub_config.d/, then: sudo tljh-config reload
c.JupyterHub.concurrent_spawn_limit = 6  # servers that start at a time: the others try again
c.Spawner.start_timeout = 240  # seconds that a server may take to run
c.Spawner.http_timeout = 240  # and, once it runs, to answer
