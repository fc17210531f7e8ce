"""What opens the repository elsewhere, and the table that the page about it shows."""

import csv
import importlib.util
import os
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"


def pins(path):
    """The name and version of each package that a requirements file pins."""
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", path.read_text("utf-8"), re.MULTILINE))


@pytest.fixture
def load():
    spec = importlib.util.spec_from_file_location("load", DEPLOY / "load.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("extra", ["requirements.txt", "requirements-load.txt"])
def test_extra_pins_only_add_to_the_environment(extra):
    assert not pins(ROOT / "requirements.txt").keys() & pins(DEPLOY / extra).keys()


def test_extra_pins_agree_with_each_other():
    classroom, load = pins(DEPLOY / "requirements.txt"), pins(DEPLOY / "requirements-load.txt")
    shared = classroom.keys() & load.keys()
    assert {name: classroom[name] for name in shared} == {name: load[name] for name in shared}


def test_repo2docker_finds_these_files_and_no_others():
    # Each of these would be used in place of requirements.txt, runtime.txt and postBuild.
    for other in ["binder", ".binder", "environment.yml", "Dockerfile", "Pipfile", "setup.py"]:
        assert not (ROOT / other).exists()
    python = re.fullmatch(r"python-(\d+\.\d+)\n", (ROOT / "runtime.txt").read_text("utf-8"))[1]
    about = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert about["project"]["requires-python"] == f">={python}"
    # What has these two tables it installs, from the version on that the page names.
    assert {"project", "build-system"} <= about.keys()
    assert "from version 2026.4 on" in (ROOT / "book/deploy.md").read_text("utf-8")
    assert os.access(ROOT / "postBuild", os.X_OK)


def test_a_student_is_guaranteed_the_memory_that_was_measured():
    with (DEPLOY / "measured.csv").open(encoding="utf-8") as file:
        rows = {row.pop("Measured"): row.values() for row in csv.DictReader(file)}
    measured = [int(re.fullmatch(r"(\d+) MB", cell)[1]) for cell in rows["Memory a student"]]
    values = yaml.safe_load((DEPLOY / "values.yaml").read_text("utf-8"))
    guarantee = values["singleuser"]["memory"]["guarantee"]
    assert max(measured) * 1e6 <= int(guarantee.removesuffix("M")) * 2**20


def test_a_new_measurement_takes_the_place_of_the_old_one(load, tmp_path):
    table = tmp_path / "measured.csv"
    load.record(table, "25 students", {"First cell": "9 s", "Date": "Monday"})
    load.record(table, "50 students", {"First cell": "20 s", "Date": "Monday"})
    load.record(table, "25 students", {"First cell": "8 s", "Date": "Tuesday"})
    assert table.read_text("utf-8").splitlines() == [
        "Measured,25 students,50 students",
        "First cell,8 s,20 s",
        "Date,Tuesday,Monday",
    ]


def test_the_page_names_the_settings_that_were_tuned(load):
    page = " ".join((ROOT / "book/deploy.md").read_text("utf-8").split())
    config = (DEPLOY / "jupyterhub_config.py").read_text("utf-8")
    default, tuned = config.split('if os.environ["LOAD_SETTINGS"] == "tuned":')
    assert (
        "The tuned columns have the settings under `tuned` in `deploy/jupyterhub_config.py`" in page
    )
    said = {
        "start_timeout = 240": "take four minutes to start",
        "http_timeout = 240": "and four more to answer",
        "concurrent_spawn_limit = 6": "At most six servers start at a time",
        "KernelManager.transport=ipc": "through files, not through network ports",
        "pre_spawn_hook = port_of_its_own": "Each server has a port of its own",
    }
    assert len(re.findall(r"^    c\.", tuned, re.MULTILINE)) == len(said)
    assert load.RETRY == 2
    assert "The script tries again every two seconds" in page
    for setting, words in said.items():
        assert setting in tuned
        assert setting not in default
        assert words in page


def test_the_hubs_to_install_wait_as_long_as_the_one_that_was_measured():
    one = (DEPLOY / "tljh_hub.py").read_text("utf-8")
    measured = (DEPLOY / "jupyterhub_config.py").read_text("utf-8")
    settings = r"^ *(c\.(?:JupyterHub|Spawner)\.\w+ = \d+)"
    assert len(re.findall(settings, one, re.MULTILINE)) == 3
    assert set(re.findall(settings, one, re.MULTILINE)) <= set(
        re.findall(settings, measured, re.MULTILINE)
    )
    cluster = yaml.safe_load((DEPLOY / "values.yaml").read_text("utf-8"))
    assert cluster["hub"]["config"]["KubeSpawner"]["http_timeout"] == 240
    assert cluster["singleuser"]["startTimeout"] >= 240


def test_an_image_belongs_to_the_user_whom_the_cluster_runs():
    """Zero to JupyterHub runs servers as 1000 and mounts the students' disks at /home/jovyan."""
    page = (ROOT / "book/deploy.md").read_text("utf-8")
    builds = re.findall(r"^repo2docker .+$", page, re.MULTILINE)
    assert len(builds) == 1
    assert "--user-id 1000 --user-name jovyan" in builds[0]
    changed = yaml.safe_load((DEPLOY / "values.yaml").read_text("utf-8"))["singleuser"]
    assert "uid" not in changed
    assert "homeMountPath" not in changed["storage"]


def leaves(value, path=()):
    """Yield the path and the value of every setting of a nested configuration."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    else:
        yield path, value


def settings(name):
    return dict(leaves(yaml.safe_load((DEPLOY / name).read_text("utf-8"))))


@pytest.mark.parametrize("name", ["values.yaml", "tljh.yaml"])
def test_every_setting_is_explained_beside_it(name):
    for line in (DEPLOY / name).read_text("utf-8").splitlines():
        if re.match(r"\s*[\w-]+: \S", line) and not line.strip().startswith("type:"):
            assert re.search(r" # \S.{5}", line), line


def test_the_single_machine_says_what_its_hub_does():
    text = (DEPLOY / "tljh.yaml").read_text("utf-8")
    says = dict(re.findall(r"^ *(\w+): .*? # (.+)$", text, re.MULTILINE))
    # FirstUseAuthenticator lets in everybody only if nobody is named.
    assert "none under allowed" in says["create_users"]
    # systemdspawner sets OOMPolicy=continue: the process that takes the most goes, not the server.
    assert "largest of them is stopped" in says["memory"]
    # JupyterLab asks for kernels and sessions all the time, and each request is activity.
    assert "without activity" in says["timeout"]
    assert "in view counts" in says["timeout"]


@pytest.mark.parametrize("name", ["values.yaml", "tljh.yaml"])
def test_no_hub_is_open_to_all_or_without_https_or_limits(name):
    found = settings(name)
    for path, value in found.items():
        if path[-1] in ("allow_all", "create_users", "allow_existing_users"):
            assert value is False, path
        assert "secret" not in path[-1], path
        assert "dummy" not in str(value), path
    assert [value for path, value in found.items() if path[-2:] == ("https", "enabled")] == [True]
    assert [value for path, value in found.items() if path[-2:] == ("cull", "enabled")] == [True]
    assert any("memory" in path for path in found)
    assert any("cpu" in path for path in found)


def test_placeholders_make_room_for_students():
    found = settings("values.yaml")
    assert found["scheduling", "userPlaceholder", "replicas"] > 0
    assert found["scheduling", "podPriority", "enabled"] is True  # else they take it


@pytest.mark.book
def test_the_page_says_what_the_policy_allows():
    policy = (ROOT / "_build/content-security-policy.txt").read_text("utf-8")
    page = (DEPLOY.parent / "book/deploy.md").read_text("utf-8")
    said = re.search(r"`Content-Security-Policy`, it allows(.*?)elsewhere", page, re.DOTALL)[1]
    words = {
        "'self'": "own files",
        "'wasm-unsafe-eval'": "WebAssembly",
        "'unsafe-inline'": "styles",
        "data:": "images",
        "'sha256": "by its hash",
    }
    values = [v for part in policy.split(";") for v in part.split()[1:] if v != "'none'"]
    for value in values:
        assert words[value.partition("-")[0] if "sha256" in value else value] in said


def test_the_cluster_asks_the_school_who_is_in_the_class():
    found = settings("values.yaml")
    oauth = {path[-1]: value for path, value in found.items() if "GenericOAuthenticator" in path}
    assert oauth["oauth_callback_url"].endswith("/hub/oauth_callback")
    for address in ("oauth_callback_url", "authorize_url", "token_url", "userdata_url"):
        assert oauth[address].startswith("https://")
    (host,) = found["proxy", "https", "hosts"]
    assert oauth["oauth_callback_url"].split("/")[2] == host
    assert oauth["username_claim"] == "sub"
    assert oauth["manage_groups"] is True
    assert oauth["allowed_groups"]
    assert oauth["admin_groups"]
    assert "openid" in oauth["scope"]
    assert re.fullmatch(r"\w+@sha256:\w+", found["singleuser", "image", "tag"])


@pytest.mark.book
def test_styles_scripts_and_pictures_carry_a_hash_and_what_is_handed_out_does_not():
    """The page tells a host to keep for ever what is asked for with a `v`, and nothing else."""
    pages = (ROOT / "_build/html/book").glob("*.html")
    html = "".join(page.read_text("utf-8") for page in pages)
    shown = re.findall(
        r'<(?:script|img|link rel="stylesheet")\b[^>]*?\b(?:src|href)="([^"]+)"', html
    )
    assert len(shown) > 400
    assert [address for address in shown if "?v=" not in address] == []
    handed_out = re.findall(r'href="([^"]+\.(?:zip|ipynb)\b[^"]*)"', html)
    assert len(handed_out) > 20
    assert [address for address in handed_out if "?v=" in address] == []


def test_the_secret_lies_where_the_command_looks_and_no_image_is_built():
    page = " ".join((ROOT / "book/deploy.md").read_text("utf-8").split())
    command = (DEPLOY / "values.yaml").read_text("utf-8").partition("\nhub:")[0]
    settings, secrets = ((ROOT / name).resolve() for name in re.findall(r"--values (\S+)", command))
    assert settings == DEPLOY / "values.yaml"
    assert secrets == ROOT.parent / "secrets.yaml"  # repo2docker copies all that is in ROOT
    assert "`secrets.yaml` beside the repository" in page


def test_the_single_machine_has_settings_that_its_hub_knows():
    known = {
        "auth": {"type", "FirstUseAuthenticator"},
        "users": {"admin", "allowed", "banned"},
        "https": {"enabled", "letsencrypt"},
        "limits": {"memory", "cpu"},
        "user_environment": {"default_app"},
        "services": {"cull"},
    }
    config = yaml.safe_load((DEPLOY / "tljh.yaml").read_text("utf-8"))
    assert {key: set(value) for key, value in config.items()} == known
    assert config["auth"]["type"].rpartition(".")[2] == "FirstUseAuthenticator"
    assert set(config["https"]["letsencrypt"]) == {"email", "domains"}
    assert set(config["services"]["cull"]) == {"enabled", "timeout", "every", "max_age"}
    assert config["users"]["admin"]
    assert not set(config["users"]["admin"]) & set(config["users"]["allowed"])
