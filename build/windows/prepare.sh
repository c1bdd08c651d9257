#!/usr/bin/env bash
# Makes the folder of libraries that link.sh links with: MinGW's import libraries under the names that NativeAOT asks for, import
# libraries of two parts of ucrtbase.dll that MinGW defines otherwise, and our start-up code.
set -euo pipefail
lib=$1
here=$(dirname "$(readlink -f "$0")")
mingw=/usr/x86_64-w64-mingw32/lib
mkdir -p "$lib"
for name in advapi32 bcrypt crypt32 iphlpapi kernel32 mswsock ncrypt normaliz ntdll ole32 oleaut32 secur32 shell32 user32 version ws2_32 uuid; do
  ln -sf "$mingw/lib$name.a" "$lib/$name.lib"
done
ln -sf "$mingw/libucrt.a" "$lib/ucrt.lib"
llvm-dlltool -m i386:x86-64 -d "$here/math.def" -l "$lib/math.lib"
llvm-dlltool -m i386:x86-64 -d "$here/string.def" -l "$lib/string.lib"
clang++ --target=x86_64-pc-windows-msvc -O2 -fno-exceptions -fno-rtti -ffreestanding -fno-stack-protector -mno-red-zone \
  -c "$here/startup.cpp" -o "$lib/startup.obj"
