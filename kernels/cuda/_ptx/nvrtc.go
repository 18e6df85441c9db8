package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
)

// nvrtc is NVIDIA's run-time compiler. Its calls return 0 for success; a program is a handle.
type nvrtc struct {
	getVersion func(major, minor *int32) int32
	create     func(program *uintptr, source, name *byte, headers int32, texts, names unsafe.Pointer) int32
	run        func(program uintptr, options int32, list unsafe.Pointer) int32
	logSize    func(program uintptr, n *uint64) int32
	log        func(program uintptr, to *byte) int32
	ptxSize    func(program uintptr, n *uint64) int32
	ptx        func(program uintptr, to *byte) int32
	cubinSize  func(program uintptr, n *uint64) int32
	cubin      func(program uintptr, to *byte) int32
}

func openNVRTC(library string) (*nvrtc, error) {
	if library == "" {
		library = "libnvrtc.so.12"
	}
	// NVRTC opens its builtins by their bare name. If they lie beside it they are opened first, since the loader then knows them
	// and LD_LIBRARY_PATH need not be set.
	beside, _ := filepath.Glob(filepath.Join(filepath.Dir(library), "libnvrtc-builtins.so*"))
	for _, name := range beside {
		if _, err := purego.Dlopen(name, purego.RTLD_NOW|purego.RTLD_GLOBAL); err != nil {
			return nil, fmt.Errorf("open NVRTC's builtins: %w", err)
		}
	}
	handle, err := purego.Dlopen(library, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return nil, fmt.Errorf("open NVRTC: %w; unpack one with kernels/cuda/toolkit.sh and name it in NVRTC_LIB", err)
	}
	var n nvrtc
	purego.RegisterLibFunc(&n.getVersion, handle, "nvrtcVersion")
	purego.RegisterLibFunc(&n.create, handle, "nvrtcCreateProgram")
	purego.RegisterLibFunc(&n.run, handle, "nvrtcCompileProgram")
	purego.RegisterLibFunc(&n.logSize, handle, "nvrtcGetProgramLogSize")
	purego.RegisterLibFunc(&n.log, handle, "nvrtcGetProgramLog")
	purego.RegisterLibFunc(&n.ptxSize, handle, "nvrtcGetPTXSize")
	purego.RegisterLibFunc(&n.ptx, handle, "nvrtcGetPTX")
	purego.RegisterLibFunc(&n.cubinSize, handle, "nvrtcGetCUBINSize")
	purego.RegisterLibFunc(&n.cubin, handle, "nvrtcGetCUBIN")
	return &n, nil
}

func (n *nvrtc) version() string {
	var major, minor int32
	n.getVersion(&major, &minor)
	return fmt.Sprintf("%d.%d", major, minor)
}

// compile returns the PTX of a file for a virtual architecture such as compute_80, or the machine code for a real one such as
// sm_90a, and prints what the compiler has to say.
func (n *nvrtc) compile(file, architecture string, options ...string) ([]byte, error) {
	source, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var program uintptr
	if status := n.create(&program, cString(string(source)), cString(filepath.Base(file)), 0, nil, nil); status != 0 {
		return nil, fmt.Errorf("hand %s to NVRTC: error %d", file, status)
	}
	options = append(options, "--gpu-architecture="+architecture)
	list := make([]*byte, len(options))
	for i, o := range options {
		list[i] = cString(o)
	}
	status := n.run(program, int32(len(list)), unsafe.Pointer(&list[0]))
	if log := text(program, n.logSize, n.log); len(log) > 0 {
		fmt.Fprintf(os.Stderr, "%s\n", log)
	}
	if status != 0 {
		return nil, fmt.Errorf("compile %s: error %d of NVRTC", file, status)
	}
	if strings.HasPrefix(architecture, "sm_") {
		return fetch(program, n.cubinSize, n.cubin), nil
	}
	return append(text(program, n.ptxSize, n.ptx), '\n'), nil
}

// text fetches a text of the program without the end of its C string.
func text(program uintptr, size func(uintptr, *uint64) int32, get func(uintptr, *byte) int32) []byte {
	return bytes.TrimRight(fetch(program, size, get), "\x00\n")
}

func fetch(program uintptr, size func(uintptr, *uint64) int32, get func(uintptr, *byte) int32) []byte {
	var n uint64
	if size(program, &n) != 0 || n == 0 {
		return nil
	}
	to := make([]byte, n)
	get(program, &to[0])
	return to
}

func cString(s string) *byte {
	return unsafe.SliceData(append([]byte(s), 0))
}
