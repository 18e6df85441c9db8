package main

import (
	"bytes"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
)

// smallDisk is a file system in memory of this size. It takes root.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size="+size); err != nil {
		t.Skip("a file system of our own cannot be mounted:", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
	return folder
}

func remount(t *testing.T, folder string, flags uintptr, options string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT|flags, options); err != nil {
		t.Fatal(err)
	}
}

// TestABatchOnAFullDiskAnswersAndCanBeResumed: what did not get into the ledger is drawn again once there is room.
func TestABatchOnAFullDiskAnswersAndCanBeResumed(t *testing.T) {
	folder := smallDisk(t, "256k")
	run := batchRun{ownCache(t), []string{"--policy", "uniform", "--samples", "6"}, fiftyProblems(t)}
	whole := filepath.Join(t.TempDir(), "whole.db")
	votes := run.whole(t, whole)

	db := filepath.Join(folder, "run.db")
	var out, errs bytes.Buffer
	err := run.command(db, "5m", &out, &errs).Run()
	if err == nil || !strings.Contains(errs.String(), db) || !strings.Contains(errs.String(), "free some") {
		t.Errorf("%v: %s", err, errs.String())
	}
	if n := len(resultsIn(t, out.Bytes())); n != 50 {
		t.Errorf("%d results of 50: a full disk is no reason to keep the answers back", n)
	}
	kept := samplesIn(t, db)
	if len(kept) >= 300 {
		t.Fatalf("all %d samples found room", len(kept))
	}

	remount(t, folder, 0, "size=64m")
	if again := run.whole(t, db); !reflect.DeepEqual(again, votes) {
		t.Errorf("the votes are %v, want %v", again, votes)
	}
	compareSamples(t, samplesIn(t, db), samplesIn(t, whole), true)
	t.Logf("%d of 300 samples found room", len(kept))
}

// TestALedgerInAReadOnlyFolderIsRefusedAndRead: before the window is spent, or by who only reads.
func TestALedgerInAReadOnlyFolderIsRefusedAndRead(t *testing.T) {
	folder := smallDisk(t, "16m")
	run := batchRun{ownCache(t), []string{"--policy", "uniform", "--samples", "2"}, "../../problems/examples.jsonl"}
	db := filepath.Join(folder, "run.db")
	run.whole(t, db)
	before := samplesIn(t, db)
	remount(t, folder, syscall.MS_RDONLY, "")
	for _, path := range []string{db, filepath.Join(folder, "new.db")} {
		var out, errs bytes.Buffer
		if err := run.command(path, "5m", &out, &errs).Run(); err == nil || out.Len() > 0 || !strings.Contains(errs.String(), path) {
			t.Errorf("%v: %s%s", err, out.String(), errs.String())
		}
	}
	if after := samplesIn(t, db); !reflect.DeepEqual(before, after) {
		t.Error("the ledger has changed")
	}
	if code, errs := runHere(t, t.Context(), "", &bytes.Buffer{}, "replay", db); code != 0 {
		t.Errorf("exit code %d: %s", code, errs)
	}
}
