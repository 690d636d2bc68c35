"""Asks every GET route what openapi.json says, as HQ, as a clerk, as a customer and as nobody: no fault, no undocumented status, every answer as its schema.

usage: conform.py SHOP SANDBOX DOCUMENT FOLDER, with schemathesis in the same Python; FOLDER keeps its settings and what it found.
"""

import json
import pathlib
import subprocess
import sys
import urllib.request

SHOP, SANDBOX, DOCUMENT, FOLDER = sys.argv[1:]
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance"


def call(url, body=None, token=None, key=None):
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    headers |= {"idempotency-key": key} if key else {}
    request = urllib.request.Request(url, json.dumps(body).encode() if body else None, headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def staff(name):
    return call(f"{SHOP}/api/v1/staff/session", {"username": name, "password": "liandian-demo"})["access_token"]


code = call(f"{SANDBOX}/sandbox/code", {"openid": "demo-02"})["code"]
member, admin = call(f"{SHOP}/api/v1/session", {"code": code})["token"], staff("admin")

# Ids that exist: with invented ones nearly every answer would be 404, and no schema would be met. buy.py has bought before.
order = call(f"{SHOP}/api/v1/orders", token=member)["orders"][-1]
of_store = f"{SHOP}/api/v1/stores/{order['store']}"
clerk = staff(f"{order['store'][4:]}-clerk")
goods = [item["sku"] for item in call(f"{of_store}/listings")["items"][:3]]
counts = call(f"{of_store}/counts", token=admin)["counts"]
if not counts:
    counts = [call(f"{of_store}/counts", {"kind": "cyclic", "skus": goods}, clerk, key="a-count-to-look-at")]
known = {"store": order["store"], "order": order["order"], "sku": goods[0], "count": counts[0]["count"], "spu": "spu_milk-fresh"}
folder = pathlib.Path(FOLDER)
folder.mkdir(parents=True, exist_ok=True)
settings = folder / "schemathesis.toml"
settings.write_text("[parameters]\n" + "".join(f'"path.{name}" = "{value}"\n' for name, value in known.items()))

wrong = []
for who, token in {"admin": admin, "clerk": clerk, "member": member, "nobody": None}.items():
    print(f"— {who}", flush=True)
    run = [sys.executable, "-m", "schemathesis.cli", "--config-file", settings, "run", DOCUMENT, "--url", SHOP, "--include-method", "GET"]
    run += ["--phases", "coverage,fuzzing", "--max-examples", "10", "--seed", "1", "--workers", "2", "--checks", CHECKS, "--warnings", "off"]
    run += ["--generation-database", "none", "--no-color", "--request-timeout", "10"]
    run += ["--header", f"authorization: Bearer {token}"] if token else []
    if subprocess.run(run, cwd=folder).returncode:
        wrong.append(who)
sys.exit(f"what the document says and what the wire says differ, as {', '.join(wrong)}" if wrong else 0)
