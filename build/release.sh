#!/usr/bin/env bash
# Builds the plain programs of all platforms and the universal one, dist/quipu. Runs on Debian or Ubuntu, x64; installs what is missing.
#
#   build/release.sh              everything
#   build/release.sh TARGET...    some programs only, without the universal one
#   build/release.sh assemble [TARGET...]
#                                 the universal program from programs that are there: all, or those named and win-x64
#   build/release.sh tools        what is missing to build them, installed
#
# Results: dist/quipu, and dist/programs/quipu-TARGET. The same sources give the same bytes, in every folder and at every commit.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
all=(linux-x64-avx linux-x64-v4 linux-x64 linux-arm64 extract-linux-x64 extract-linux-arm64 win-x64 osx-x64 osx-arm64)
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

install_tools() {
  local missing=()
  need() { command -v "$1" >/dev/null || missing+=("$2"); }
  need clang clang
  need ld.lld lld
  need llvm-objcopy llvm
  need xz xz-utils
  need aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
  [ -e /usr/aarch64-linux-gnu/lib/libc.a ] || missing+=(libc6-dev-arm64-cross)
  [ -e /usr/x86_64-w64-mingw32/lib/libkernel32.a ] || missing+=(mingw-w64-x86-64-dev)
  [ -e /usr/include/zlib.h ] || missing+=(zlib1g-dev)
  [ ${#missing[@]} -gt 0 ] || return 0
  local sudo=(); [ "$(id -u)" = 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get update -q
  "${sudo[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}"
}

publish() { # TARGET RID PROPERTY...
  local target=$1 rid=$2 project=Quipu.Cli name=quipu; shift 2
  case $target in extract-*) project=Quipu.Extract name=quipu-extract ;; esac
  local out="artifacts/release/$rid"
  # The targets of one platform share what is the same for all; native code is not.
  rm -rf "$out/obj/$project"/*/native "$out/publish"
  echo "== $target"
  dotnet publish "src/$project" -c Release -r "$rid" --artifacts-path "$out" -o "$out/publish" -v quiet --nologo \
    -p:ContinuousIntegrationBuild=true -p:PathMap="$root=/quipu" -p:IncludeSourceRevisionInInformationalVersion=false -p:DebugType=none -p:RunAnalyzers=false -p:DebuggerSupport=false -p:EventSourceSupport=false "$@"
  local program="$out/publish/$name"; [ -e "$program" ] || program+=.exe
  mkdir -p dist/programs
  install -m 755 "$program" "dist/programs/quipu-$target$([[ $program != *.exe ]] || echo .exe)"
}

# Static, so that they run on every distribution, Alpine too; only lld links static position-independent programs here without errors.
# What a static program must not do is in docs/decisions/0007-linux-linking.md.
aot=(-p:PublishAot=true -p:IlcFoldIdenticalMethodBodies=true)
native=("${aot[@]}" -p:StaticExecutable=true -p:LinkerFlavor=lld)
arm=(-p:CppCompilerAndLinker=clang -p:ObjCopyName=llvm-objcopy)

build() {
  case $1 in
    # Baseline is what ilc takes for one: SSE4.2. It leaves out all kernels above, so it is for processors before 2011 only.
    linux-x64) publish "$1" linux-x64 "${native[@]}" ;;
    # For AVX2 and FMA. IlcInstructionSet=avx would ask for them at run time: docs/decisions/0008-payloads.md.
    linux-x64-avx) publish "$1" linux-x64 "${native[@]}" -p:IlcInstructionSet=x86-64-v3 ;;
    linux-x64-v4) publish "$1" linux-x64 "${native[@]}" -p:IlcInstructionSet=x86-64-v4 ;;
    linux-arm64) publish "$1" linux-arm64 "${native[@]}" "${arm[@]}" ;;
    extract-linux-x64) publish "$1" linux-x64 "${native[@]}" ;;
    extract-linux-arm64) publish "$1" linux-arm64 "${native[@]}" "${arm[@]}" ;;
    win-x64)
      # The only program that is not compressed; optimized for size it is a tenth smaller.
      build/windows/prepare.sh artifacts/release/winlib
      QUIPU_WINLIB="$root/artifacts/release/winlib" publish "$1" win-x64 "${aot[@]}" -p:OptimizationPreference=Size -p:IlcInstructionSet=x86-64-v3 \
        -p:DisableUnsupportedError=true -p:IlcUseEnvironmentalTools=true -p:CppLinker="$root/build/windows/link.sh" ;;
    # NuGet has no NativeAOT compiler for macOS that runs on Linux.
    osx-x64 | osx-arm64)
      # Not composite: that compiles what csproj excludes, and takes a fifth more.
      rm -rf "artifacts/release/$1"/obj/Quipu.Cli/*/{R2R,linked}
      publish "$1" "$1" --self-contained -p:PublishSingleFile=true -p:PublishTrimmed=true -p:PublishReadyToRun=true -p:PublishReadyToRunComposite=false ;;
    *) echo "There is no target $1; targets are ${all[*]}." >&2; exit 1 ;;
  esac
}

assemble() {
  local payloads=() target
  [ $# -gt 0 ] || set -- "${all[@]}"
  for target; do
    [ "$target" = win-x64 ] || payloads+=("$target=dist/programs/quipu-$target")
  done
  dotnet run --project build/Assemble -c Release -v quiet -- dist/quipu dist/programs/quipu-win-x64.exe "${payloads[@]}"
}

install_tools
case ${1:-} in
  assemble) shift; assemble "$@" ;;
  tools) ;;
  '') for target in "${all[@]}"; do build "$target"; done; assemble ;;
  *) for target in "$@"; do build "$target"; done ;;
esac
