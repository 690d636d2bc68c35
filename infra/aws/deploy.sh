#!/bin/sh
# Deploys one cell, stack after stack, in the order in which they need each other: infra/aws/deploy.sh cn-north-1
# The cell's secrets and the public keys of its tokens are made before (README.md, step 1).
# STAGE=prod (the Stage of samconfig.toml); further arguments go to `sam deploy`, e.g. --no-confirm-changeset.
set -eu
cell=${1:?"usage: infra/aws/deploy.sh <environment of samconfig.toml> [arguments of sam deploy]"}
shift
stage=${STAGE:-prod}
root=$(cd "$(dirname "$0")/../.." && pwd)
sam=$root/target/tools/venv/bin/sam
[ -x "$sam" ] || sam=sam
export SAM_CLI_TELEMETRY=0

# A cell that calls nobody when it fails is a choice that somebody should make, not an accident.
alarms() {
    if ! { sed -n "/^\[$cell\./,/^\[/p" "$root/samconfig.toml" | grep -v '^ *#'; printf '%s\n' "$*"; } | grep -q 'AlarmTopic=arn:'; then
        echo "WARNING: no AlarmTopic for $cell: every alarm will ring unheard. Name an SNS topic in samconfig.toml (AlarmTopic=arn:…)." >&2
    fi
}
alarms "$@"

deploy() {
    name=$1
    template=$2
    shift 2
    "$sam" deploy --config-file "$root/samconfig.toml" --config-env "$cell" --template-file "$template" \
        --stack-name "$stage-liandian-$name" --s3-prefix "$stage-liandian-$name" "$@"
}

deploy data "$root/infra/aws/data.yaml" "$@"
deploy queues "$root/infra/aws/generated/queues.yaml" "$@"
deploy edge "$root/infra/aws/edge.yaml" "$@"
for template in "$root"/infra/aws/generated/*.yaml; do
    name=$(basename "$template" .yaml)
    case $name in queues | stage) ;; *) deploy "$name" "$template" "$@" ;; esac
done
# Last: it limits routes by name, and they must be there.
deploy stage "$root/infra/aws/generated/stage.yaml" "$@"
alarms "$@"
