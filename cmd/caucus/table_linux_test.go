package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// onTerminal is what a terminal of so many columns shows of what is written to it.
func onTerminal(t *testing.T, columns int, write func(io.Writer) error) string {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("there are no terminals:", err)
	}
	defer func() { _ = screen.Close() }()
	fd := int(screen.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: uint16(columns)})
	}
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	err = write(terminal)
	if closed := terminal.Close(); err != nil || closed != nil {
		t.Fatal(err, closed)
	}
	shown, _ := io.ReadAll(screen) // which ends with an error: the terminal is gone
	return strings.ReplaceAll(string(shown), "\r\n", "\n")
}

func TestANarrowTerminalIsSparedColumns(t *testing.T) {
	write := func(w io.Writer) error {
		return table(w, []column{{"policy", left}, {"right", right}, {"silent", spare}, {"live", right}, {"busy", spare}},
			[][]string{{"uniform", "50.0%", "1.0%", "51.0%", "90.0%"}, {"größte", "5.0%", "", "", "100.0%"}})
	}
	var whole bytes.Buffer
	if err := write(&whole); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		columns int
		head    string
		last    string
	}{
		{0, "policy   right  silent   live    busy", "größte"},
		{39, "policy   right  silent   live    busy", "größte"},
		{38, "policy   right  silent   live", "the terminal is too narrow for: busy"},
		{31, "policy   right  silent   live", "the terminal is too narrow for: busy"},
		{30, "policy   right   live", "the terminal is too narrow for: silent, busy"},
		{5, "policy   right   live", "the terminal is too narrow for: silent, busy"},
	} {
		shown := onTerminal(t, c.columns, write)
		lines := strings.Split(strings.TrimSpace(shown), "\n")
		if strings.TrimSpace(lines[0]) != c.head || !strings.HasPrefix(strings.TrimSpace(lines[len(lines)-1]), c.last) {
			t.Errorf("a terminal of %d columns shows\n%s", c.columns, shown)
		}
		if c.columns > 38 && shown != whole.String() {
			t.Errorf("a wide terminal shows\n%s, a file has\n%s", shown, whole.String())
		}
	}
}
