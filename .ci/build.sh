# Sourced by ./postern and ./test: one way to build, under one lock, with one stamp that says "the binary is newer than the sources".
# Expects $root. The stamp carries the moment *before* the build, so that an edit made during a build is built next time.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
stamp=$root/artifacts/built

require_sdk() {
    if ! command -v dotnet >/dev/null 2>&1 || { [ "${1-}" = exactly ] && ! (cd "$root" && dotnet --version) >/dev/null 2>&1; }; then
        echo "postern: this needs the .NET 10 SDK, which you get from https://dotnet.microsoft.com/download (Ubuntu: sudo apt install dotnet-sdk-10.0)." >&2
        exit 127
    fi
}

# One find that stops at the first newer file (catalogue entries are part of the binary); a folder is newer when a file in it was added, renamed or deleted.
is_built() {
    [ -x "$root/src/Postern.Cli/bin/Release/net10.0/Postern.Cli" ] && [ -e "$stamp" ] &&
        [ -z "$(find "$root/src" "$root/lab" "$root/catalogue" "$root/global.json" "$root"/Directory.*.props \( -name bin -o -name obj \) -prune -o -newer "$stamp" -print -quit)" ]
}

# build PROJECT LOG: Release, warnings are errors; everything it says goes to LOG.
build() {
    mkdir -p "$root/artifacts"
    local project
    for project in "$root"/src/*/ "$root"/lab/*/; do
        mkdir -p "$project/bin" "$project/obj" # so that the build does not make the project's folder newer than the stamp
    done
    touch "$stamp.new"
    # No build servers left behind: they would keep our lock and our caller's pipes open.
    (cd "$root" && dotnet build -c Release "$1" -v:q -nologo -clp:NoSummary -nodeReuse:false -p:UseSharedCompilation=false) >"$2" 2>&1 9>&- </dev/null || return 1
    mv "$stamp.new" "$stamp"
}

# with_lock COMMAND…: one build at a time, whoever starts it.
with_lock() {
    mkdir -p "$root/artifacts"
    if command -v flock >/dev/null 2>&1; then
        (flock 9 && "$@") 9>"$root/artifacts/build.lock"
    else
        "$@"
    fi
}
