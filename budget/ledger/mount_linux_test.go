package ledger

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"caucus/budget"
)

// mounted is a file system in memory of this size. It takes root.
func mounted(t *testing.T, size string) string {
	t.Helper()
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size="+size); err != nil {
		t.Skip("a file system of our own cannot be mounted:", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return folder
}

func freeze(t *testing.T, folder string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skip("it cannot be made read-only:", err)
	}
}

func TestAFullDiskLosesNothingThatWasRecorded(t *testing.T) {
	folder := mounted(t, "1m")
	ballast := filepath.Join(folder, "ballast")
	l := opened(t, filepath.Join(folder, "run.db"))
	w := begun(t, l)
	recorded, added := 0, 0
	for ; ; added++ {
		w.Add(page(added))
		if err := w.Flush(); err != nil {
			wants(t, err, l.path, "free some")
			break
		}
		recorded++
		if added == 20 {
			if err := os.WriteFile(ballast, make([]byte, 300<<10), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if recorded < 20 || w.Recorded() != recorded {
		t.Errorf("%d are recorded, of %d", w.Recorded(), recorded)
	}
	r := reader(t, l.path)
	if n := len(allSamples(t, r)); n != recorded {
		t.Errorf("%d are in the file, and %d were recorded", n, recorded)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := w.Close("done", budget.Profile{}); err != nil {
		t.Error(err)
	}
	if n := len(allSamples(t, l)); n != recorded+1 {
		t.Errorf("there are %d samples, want %d", n, recorded+1)
	}
	sound(t, l)
}

func TestAFolderThatCannotBeWritten(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []string // of a run that goes on
	}{
		{"after a clean end", nil},
		{"after a crash", []string{"", "-wal", "-shm"}},
		{"after a crash and a copy", []string{"", "-wal"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := mounted(t, "4m")
			path := filepath.Join(folder, "run.db")
			l := fresh(t)
			session(t, l, page(0))
			w := begun(t, l)
			w.Add(page(1))
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			copied := c.files
			if copied == nil {
				if err := w.Close("done", budget.Profile{}); err != nil {
					t.Fatal(err)
				}
				if err := l.Close(); err != nil {
					t.Fatal(err)
				}
				copied = []string{""}
			} else {
				defer func() { _ = w.Close("done", budget.Profile{}) }()
			}
			for _, end := range copied {
				if err := os.WriteFile(path+end, must[[]byte](t)(os.ReadFile(l.path+end)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			freeze(t, folder)
			r := reader(t, path)
			sound(t, r)
			for s, err := range r.Samples() {
				if err != nil {
					t.Fatal(err)
				}
				if _, err := r.Text(s.Problem, s.Index); err != nil {
					t.Error(err)
				}
			}
			if n := len(allSamples(t, r)); n != 2 {
				t.Errorf("it has %d samples", n)
			}
			_, err := Open(path)
			wants(t, err, path, "cannot be written", "name a file in another")
			_, err = Open(filepath.Join(folder, "new.db"))
			wants(t, err, "new.db", "cannot be written")
		})
	}
}

// Such is a folder that is mounted into a container.
func TestAReaderThatMayNotWriteSeesWhatIsWrittenMeanwhile(t *testing.T) {
	l, folder := fresh(t), t.TempDir()
	if err := syscall.Mount(filepath.Dir(l.path), folder, "", syscall.MS_BIND, ""); err != nil {
		t.Skip("a folder cannot be mounted twice:", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
	if err := syscall.Mount("", folder, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skip("it cannot be made read-only:", err)
	}
	w := begun(t, l)
	r := reader(t, filepath.Join(folder, filepath.Base(l.path)))
	for i := range 3 {
		w.Add(page(i))
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if n := len(allSamples(t, r)); n != i+1 {
			t.Errorf("it sees %d samples of %d", n, i+1)
		}
	}
	if err := w.Close("done", budget.Profile{}); err != nil {
		t.Error(err)
	}
}
