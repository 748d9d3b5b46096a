#!/bin/sh
# Audits one large repository in parts, each as a task of its own: here one after the other.
# usage: one.sh REPOSITORY PARTS FOLDER
set -eu

repository=$1 parts=$2 folder=$3
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
cd "$repository"
part=1
while [ "$part" -le "$parts" ]; do
    # 1 says that a key was found: the merged report says so again.
    keystop scan --history --shard "$part/$parts" --output "$folder/part-$part.jsonl" >/dev/null ||
        [ $? -eq 1 ]
    part=$((part + 1))
done
exec keystop merge "$folder"/part-*.jsonl
