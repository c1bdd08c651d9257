// What Microsoft's static start-up library gives a NativeAOT program for Windows, x64: entry point, thread-local storage, stack checks,
// and the operators that the runtime uses. All else comes from ucrtbase.dll, a part of Windows since version 10. Needs no header.
typedef unsigned long long u64;
typedef unsigned long u32;
typedef decltype(sizeof 0) size_t;
typedef int (*initializer)();
typedef void (*constructor)();
typedef void(__stdcall* thread_callback)(void*, u32, void*);

extern "C" {
void* malloc(size_t);
void free(void*);
[[noreturn]] void exit(int);
int _crt_atexit(void (*)());
int _configure_wide_argv(int);
int _initialize_wide_environment();
int* __p___argc();
wchar_t*** __p___wargv();
wchar_t** _get_initial_wide_environment();
void _set_app_type(int);
int _initterm_e(initializer*, initializer*);
void _initterm(constructor*, constructor*);
int wmain(int, wchar_t**, wchar_t**);
u32 __stdcall GetCurrentThreadId();
u32 __stdcall GetCurrentProcessId();
int __stdcall QueryPerformanceCounter(u64*);
void __stdcall GetSystemTimeAsFileTime(u64*);
}

// ---- Operators
namespace std {
struct nothrow_t {
  explicit nothrow_t() = default;
};
extern const nothrow_t nothrow;
const nothrow_t nothrow{};
}  // namespace std
void* operator new(size_t n, const std::nothrow_t&) noexcept { return malloc(n ? n : 1); }
void* operator new[](size_t n, const std::nothrow_t&) noexcept { return malloc(n ? n : 1); }
void operator delete(void* p) noexcept { free(p); }
void operator delete(void* p, size_t) noexcept { free(p); }
void operator delete[](void* p) noexcept { free(p); }
void operator delete[](void* p, size_t) noexcept { free(p); }
extern "C" int _fltused = 0x9875;  // says that floating point is used; the value is a convention
extern "C" int atexit(void (*f)()) { return _crt_atexit(f); }

// ---- Stack checks: a cookie below the return address, and a probe of each page of a large frame
static const u64 unsetCookie = 0x00002B992DDFA232ull;
extern "C" u64 __security_cookie = unsetCookie;
extern "C" [[noreturn]] void __report_rangecheckfailure() {
  asm volatile("movl $8, %%ecx\n int $0x29" ::: "ecx");  // __fastfail(FAST_FAIL_RANGE_CHECK_FAILURE)
  __builtin_unreachable();
}
extern "C" int __GSHandlerCheck(void*, void*, void*, void*) { return 1; }  // ExceptionContinueSearch
asm(R"(
  .globl __security_check_cookie
  .def __security_check_cookie; .scl 2; .type 32; .endef
__security_check_cookie:
  cmpq __security_cookie(%rip), %rcx
  jne 1f
  retq
1: movl $2, %ecx                # FAST_FAIL_STACK_COOKIE_CHECK_FAILURE
  int $0x29

  .globl __chkstk               # size in rax, all registers kept
  .def __chkstk; .scl 2; .type 32; .endef
__chkstk:
  pushq %rcx
  pushq %rax
  leaq 24(%rsp), %rcx
  cmpq $0x1000, %rax
  jb 3f
2: subq $0x1000, %rcx
  testb %cl, (%rcx)
  subq $0x1000, %rax
  cmpq $0x1000, %rax
  ja 2b
3: subq %rax, %rcx
  testb %cl, (%rcx)
  popq %rax
  popq %rcx
  retq

  .globl call_target            # control flow guard without a table: the target is called as it is
  .def call_target; .scl 2; .type 32; .endef
call_target:
  jmpq *%rax
)");
extern "C" void call_target();
extern "C" void (*__guard_dispatch_icall_fptr)() = call_target;

// ---- Thread-local storage, and the lists of initializers that the linker sorts by the sections' names
extern "C" {
u32 _tls_index = 0;
__attribute__((section(".tls"))) char _tls_start = 0;
__attribute__((section(".tls$ZZZ"))) char _tls_end = 0;
extern __declspec(thread) char __tls_guard;
__declspec(thread) char __tls_guard = 0;
__attribute__((section(".CRT$XDA"))) constructor __xd_a = nullptr;
__attribute__((section(".CRT$XDZ"))) constructor __xd_z = nullptr;
__attribute__((section(".CRT$XIA"))) initializer __xi_a = nullptr;
__attribute__((section(".CRT$XIZ"))) initializer __xi_z = nullptr;
__attribute__((section(".CRT$XCA"))) constructor __xc_a = nullptr;
__attribute__((section(".CRT$XCZ"))) constructor __xc_z = nullptr;

void __stdcall __dyn_tls_init(void*, u32 reason, void*) {
  const u32 threadAttach = 2;
  if (reason != threadAttach || __tls_guard) return;
  __tls_guard = 1;
  for (constructor volatile* p = &__xd_a + 1; p != &__xd_z; p++)
    if (*p) (*p)();
}
void __dyn_tls_on_demand_init() { __dyn_tls_init(nullptr, 2, nullptr); }

__attribute__((section(".CRT$XLA"))) thread_callback __xl_a = nullptr;
__attribute__((section(".CRT$XLC"), used)) thread_callback __xl_c = __dyn_tls_init;
__attribute__((section(".CRT$XLZ"))) thread_callback __xl_z = nullptr;
struct tls_directory {
  void *start, *end, *index, *callbacks;
  u32 zeroFill, characteristics;
};
extern const tls_directory _tls_used;
const tls_directory _tls_used = {&_tls_start, &_tls_end, &_tls_index, &__xl_a + 1, 0, 0};
}

// ---- Entry point
static __attribute__((noinline)) int run() {
  _set_app_type(1);                                // a console program
  if (_configure_wide_argv(1) != 0) return 255;    // arguments as they are, wildcards too
  _initialize_wide_environment();
  if (_initterm_e(&__xi_a, &__xi_z) != 0) return 255;
  _initterm(&__xc_a, &__xc_z);
  __dyn_tls_init(nullptr, 2, nullptr);
  return wmain(*__p___argc(), *__p___wargv(), _get_initial_wide_environment());
}
extern "C" __attribute__((used)) int wmainCRTStartup() {
  // The cookie is set here, in a function that checks none.
  u64 time, counter;
  GetSystemTimeAsFileTime(&time);
  QueryPerformanceCounter(&counter);
  u64 cookie = (time ^ (counter << 21) ^ ((u64)GetCurrentThreadId() << 32) ^ GetCurrentProcessId() ^ (u64)&time) & 0x0000FFFFFFFFFFFFull;
  if (cookie == unsetCookie || !(cookie & 0xffff)) cookie += 0x4711;
  __security_cookie = cookie;
  exit(run());
}
