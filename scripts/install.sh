#!/usr/bin/env bash
# Installs what the product is built with, and nothing where it is there already:
#   Debian packages  scripts/packages.debian, with --dev also scripts/packages.dev
#   npm packages     third_party/ and web/package-lock.json, each checked against its hash
# Needs Debian 12 or newer or Ubuntu 24.04 or newer, and root or sudo where packages are missing.
set -euo pipefail
cd "$(dirname "$0")/.."

lists=(scripts/packages.debian)
[[ ${1-} == --dev ]] && lists+=(scripts/packages.dev)

fail() {
    printf 'install: %s\n' "$@" >&2
    exit 1
}

wanted_packages() {
    local package
    grep -hv '^#' "${lists[@]}" | while read -r package; do
        case $package in
            '') ;;
            # Any Node.js will do, whoever packaged it.
            nodejs) command -v node >/dev/null || echo nodejs ;;
            npm) command -v npm >/dev/null || echo npm ;;
            *) echo "$package" ;;
        esac
    done
}

missing_packages() {
    local wanted
    wanted=$(wanted_packages | sort -u)
    # dpkg-query exits 1 when it does not know some of them.
    # shellcheck disable=SC2086  # one argument a package
    comm -23 <(echo "$wanted") <(
        dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2>/dev/null |
            sed -n 's/ installed$//p' | sort -u
    )
}

install_debian_packages() {
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        fail 'This is neither Debian nor Ubuntu. Needed are the equivalents of these packages:' \
            "$(wanted_packages | paste -sd ' ')"
    fi
    local missing
    missing=$(missing_packages | paste -sd ' ')
    [[ -n $missing ]] || return 0

    local as_root=()
    if [[ $EUID -ne 0 ]]; then
        command -v sudo >/dev/null || fail \
            'Some packages are missing, and only root can install them. Run this as root:' \
            "  apt-get update && apt-get install --yes --no-install-recommends $missing"
        as_root=(sudo)
    fi
    echo "Installing: $missing"
    # shellcheck disable=SC2086  # one argument a package
    { "${as_root[@]}" apt-get update -qq &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install --yes --no-install-recommends -qq $missing; } || fail \
        'The packages could not be installed. By hand, as root:' \
        "  apt-get update && apt-get install --yes --no-install-recommends $missing"
}

# install_npm_packages FOLDER WHAT: the packages of FOLDER's lock file, where they are not there.
install_npm_packages() {
    local lock folder=$1 stamp=$1/node_modules/.installed
    lock=$(sha256sum "$folder/package.json" "$folder/package-lock.json")
    [[ -f $stamp && $(<"$stamp") == "$lock" ]] && return 0

    local npm_version
    npm_version=$(npm --version) || fail 'npm does not run.'
    ((${npm_version%%.*} >= 7)) || fail "npm $npm_version is too old: 7 or newer is needed."
    echo "Fetching $2 from npm ..."
    (cd "$folder" && npm ci --ignore-scripts --loglevel=error) || fail \
        'The npm packages could not be fetched. Is the npm registry within reach?'
    echo "$lock" >"$stamp"
}

# What builds the studio page needs a newer Node.js than Debian 12's own.
node_builds_studio() {
    node -e 'const [a, b] = process.versions.node.split(".");
             process.exit(a > 22 || (a == 22 && b >= 12) || (a == 20 && b >= 19) ? 0 : 1)'
}

install_debian_packages
install_npm_packages third_party 'ONNX Runtime and the face models (about 150 MB, once)'
if node_builds_studio; then
    install_npm_packages web 'what the studio page is built with (about 40 MB, once)'
else
    echo "Node.js $(node --version) is older than 20.19: building without the studio page."
fi
