// The memory of cudasim.h. An address sanitizer has better redzones than pages, and gets plain allocations.
#include "cudasim.h"

#include <sys/mman.h>
#include <unistd.h>

#include <mutex>

namespace cudasim {

static constexpr size_t align = 16, margin = 64;
static constexpr unsigned char poison = 0xff; // NaN in every format; the margin has it, too, so that reading there shows
static constexpr size_t poisoned = 256 << 20; // of one allocation at most: a pool need not be resident as a whole

// Area is an allocation in its mapping: a page that nobody may touch, at least the margin, the bytes, up to 15 more until they
// are a multiple of 16, and another such page.
struct Area {
    size_t bytes;
    char *mapping;
    size_t mapped;
};

static std::mutex mutex;
static std::map<char *, Area> &areas() {
    static auto *all = new std::map<char *, Area>;
    return *all;
}

static size_t up(size_t n, size_t to) { return (n + to - 1) / to * to; }

static char *map(size_t bytes, Area &a) {
#ifdef __SANITIZE_ADDRESS__
    a = {bytes, nullptr, 0};
    return (char *)aligned_alloc(align, up(bytes ? bytes : 1, align));
#else
    const size_t page = sysconf(_SC_PAGESIZE), body = up(margin + up(bytes, align), page);
    char *m = (char *)mmap(0, body + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (m == MAP_FAILED || mprotect(m + page, body, PROT_READ | PROT_WRITE)) return nullptr;
    a = {bytes, m, body + 2 * page};
    char *p = m + page + body - up(bytes, align);
    memset(m + page, poison, p - (m + page));
    memset(p + bytes, poison, up(bytes, align) - bytes);
    return p;
#endif
}

void *allocate(size_t bytes) {
    Area a;
    char *p = map(bytes, a);
    if (!p) return nullptr;
    memset(p, poison, bytes < poisoned ? bytes : poisoned);
    std::lock_guard<std::mutex> lock(mutex);
    areas()[p] = a;
    return p;
}

void release(void *memory) {
    std::lock_guard<std::mutex> lock(mutex);
    auto found = areas().find((char *)memory);
    if (found == areas().end()) return;
    if (found->second.mapping) munmap(found->second.mapping, found->second.mapped);
    else free(memory);
    areas().erase(found);
}

std::string trespass() {
    std::lock_guard<std::mutex> lock(mutex);
    for (auto &[p, a] : areas()) {
        if (!a.mapping) continue;
        for (size_t i = 1; i <= margin; i++)
            if ((unsigned char)p[-i] != poison)
                return "has written " + std::to_string(i) + " bytes before an allocation of " + std::to_string(a.bytes);
        for (size_t i = a.bytes; i < up(a.bytes, align); i++)
            if ((unsigned char)p[i] != poison)
                return "has written " + std::to_string(i - a.bytes) + " bytes behind an allocation of " + std::to_string(a.bytes);
    }
    return "";
}

} // namespace cudasim
