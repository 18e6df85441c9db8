package cuda

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The emulation is only as good as the faults that it finds. Each file of sim/testdata has a kernel with one, or none.
func TestTheEmulationFindsSeededFaults(t *testing.T) {
	compiler, err := exec.LookPath("g++")
	if err != nil {
		t.Skip("there is no g++, which the emulation of kernels is compiled with")
	}
	if testing.Short() {
		t.Skip("compiles C++ for some seconds")
	}
	objects := compileEmulation(t, compiler)
	for file, want := range map[string]string{
		"correct":              "",
		"products":             "",
		"no_barrier":           "a barrier or a wait is missing",
		"no_wait":              "a barrier or a wait is missing",
		"divergent":            "64 threads wait for the block at divergent.cu:7, 64 threads wait for the block at divergent.cu:9",
		"early_return":         "24 threads have returned, 104 threads wait for the block at early_return.cu:8",
		"out_of_bounds_read":   "block 7,0,0 thread 104: out of bounds",
		"out_of_bounds_shared": "thread 112: out of bounds",
		"out_of_bounds_index":  "out of bounds",
		"out_of_bounds_write":  "has written 1 bytes before an allocation of 4000",
		"misaligned":           "misaligned",
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			program := filepath.Join(t.TempDir(), "run")
			args := append(compilerFlags(), "-fsanitize=bounds,alignment", "-fsanitize-undefined-trap-on-error",
				"-x", "c++", "sim/testdata/"+file+".cu", "-x", "none", "-o", program)
			output(t, exec.Command(compiler, append(args, objects...)...))
			got, err := exec.Command(program).CombinedOutput()
			if want == "" {
				if err != nil {
					t.Errorf("%v: %s", err, got)
				}
				return
			}
			if err == nil || !strings.Contains(string(got), want) {
				t.Errorf("%v: %s: want %q", err, got, want)
			}
		})
	}
}

// compilerFlags are those of sim/build.sh, as far as they matter here.
func compilerFlags() []string {
	return []string{"-O1", "-std=c++17", "-pthread", "-Wno-unknown-pragmas", "-include", "sim/cudasim.h"}
}

func compileEmulation(t *testing.T, compiler string) []string {
	t.Helper()
	var objects []string
	for _, part := range []string{"scheduler", "memory", "run"} {
		object := filepath.Join(t.TempDir(), part+".o")
		output(t, exec.Command(compiler, append(compilerFlags(), "-c", "sim/"+part+".cpp", "-o", object)...))
		objects = append(objects, object)
	}
	return objects
}

// output runs a command that must succeed. The programs that it makes need a folder that allows to start them.
func output(t *testing.T, c *exec.Cmd) {
	t.Helper()
	c.Env = append(os.Environ(), "LC_ALL=C")
	if text, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", c, err, text)
	}
}
