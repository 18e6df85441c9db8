package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/urfave/cli/v2"

	"caucus/engine/hub"
)

func pullCommand() *cli.Command {
	return &cli.Command{
		Name:      "pull",
		Usage:     "fetch a model from the Hugging Face hub",
		ArgsUsage: "ORG/NAME",
		Description: "It fetches what it takes to run the model: safetensors or a .gguf file, and what describes them. Files get\n" +
			"their names when their checksums are right. After an interrupt or a failure, the same command goes on\n" +
			"with what is there; later on it fetches what has changed.\n\n" +
			"HF_TOKEN, or the file that Hugging Face's tools keep, has the token for models that need one, and\n" +
			"HF_ENDPOINT the address of a mirror.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "to", Usage: "fetch it into `FOLDER`", DefaultText: "NAME, in this folder"},
			&cli.StringFlag{Name: "revision", Value: "main", Usage: "fetch `REVISION`: a branch, a tag or a commit"},
			&cli.StringFlag{Name: "file", Usage: "fetch the weights in `NAME.gguf`"},
			&cli.BoolFlag{Name: "json", Usage: "print the result as JSON"},
		},
		Action: runPull,
	}
}

// pulled is the result of a pull.
type pulled struct {
	Repo     string     `json:"repo"`
	Revision string     `json:"revision"`
	Commit   string     `json:"commit"`
	Folder   string     `json:"folder"`
	Model    string     `json:"model"`   // for --model
	Fetched  int64      `json:"fetched"` // bytes
	Files    []hub.File `json:"files"`
}

func runPull(c *cli.Context) error {
	repo, folder, err := pullArguments(c)
	if err != nil {
		return err
	}
	client, err := hub.New(os.Getenv)
	if err != nil {
		return err
	}
	model, err := client.Find(c.Context, repo, c.String("revision"), func(line string) { say(c.App.ErrWriter, "%s", line) })
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("interrupted while looking up %s", repo)
	}
	if err != nil {
		return err
	}
	files, err := model.Needed(c.String("file"))
	if err != nil {
		return err
	}
	fetched, err := pullInto(c, client, folder, model, files)
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("interrupted while fetching %s; "+goesOn, repo, folder)
	}
	if err != nil {
		return err
	}
	return pulled{repo, model.Revision, model.Commit, folder, loadable(folder, files), fetched, files}.write(c)
}

// goesOn is what to do about a pull that did not end.
const goesOn = "what has come stays in %s, and the same command goes on with it"

// pullArguments are a model and the folder to fetch it into.
func pullArguments(c *cli.Context) (repo, folder string, err error) {
	if err := flagsFirst(c); err != nil {
		return "", "", err
	}
	if c.NArg() != 1 {
		return "", "", usagef("pull takes one model, ORG/NAME, got %s; see caucus model pull --help", counted(c.NArg(), "argument"))
	}
	repo = c.Args().First()
	if err := hub.CheckRepo(repo); err != nil {
		return "", "", usagef("%v", err)
	}
	if name := c.String("file"); name != "" && path.Ext(name) != ".gguf" {
		return "", "", usagef("--file %s is no .gguf file; safetensors are fetched without it", name)
	}
	if folder = c.String("to"); folder == "" {
		folder = path.Base(repo)
	}
	return repo, filepath.Clean(folder), nil
}

// pullInto fetches into a folder what is not there yet, and says how much that was.
func pullInto(c *cli.Context, client *hub.Client, path string, model hub.Model, files []hub.File) (fetched int64, err error) {
	folder, err := hub.OpenFolder(path, model.Repo)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	switch folder.Commit() {
	case "":
	case model.Commit:
		say(c.App.ErrWriter, "checking what is in %s", path)
	default:
		say(c.App.ErrWriter, "checking what is in %s, which is of commit %.12s; the model is at %.12s", path, folder.Commit(), model.Commit)
	}
	pull, err := folder.Plan(c.Context, model, files)
	if err != nil {
		return 0, err
	}
	begun := pull.Got()
	sayPlan(c, path, model, pull)
	say, hide := showPull(c, pull)
	err = pull.Fetch(c.Context, client, say)
	hide()
	if err != nil && !errors.Is(err, context.Canceled) {
		err = fmt.Errorf("%w; "+goesOn, err, path)
	}
	return pull.Got() - begun, err
}

// sayPlan tells what will be fetched.
func sayPlan(c *cli.Context, path string, model hub.Model, pull *hub.Pull) {
	if n := len(pull.Present); n > 0 {
		say(c.App.ErrWriter, "%s has %s of %s already", path, counted(n, "file"), model.Repo)
	}
	if len(pull.Files) == 0 {
		return
	}
	begun := ""
	if got := pull.Got(); got > 0 {
		begun = fmt.Sprintf(", of which %s are there", size(got))
	}
	say(c.App.ErrWriter, "fetching %s at commit %.12s into %s: %s, %s%s", model.Repo, model.Commit, path,
		counted(len(pull.Files), "file"), size(pull.Size), begun)
	for _, f := range pull.Files {
		say(c.App.ErrWriter, "  %s, %s", f.Name, size(f.Size))
	}
}

// loadable is what --model takes: the folder, or its .gguf file.
func loadable(folder string, files []hub.File) string {
	for _, f := range files {
		if path.Ext(f.Name) == ".gguf" {
			return filepath.Join(folder, f.Name)
		}
	}
	return folder
}

func (p pulled) write(c *cli.Context) error {
	if c.Bool("json") {
		return json.NewEncoder(c.App.Writer).Encode(p)
	}
	var total int64
	for _, f := range p.Files {
		total += f.Size
	}
	_, err := fmt.Fprintf(c.App.Writer, "%s is in %s: %s, %s, commit %s\n\ncaucus solve --model %s \"What is 3*(17 - 5)/4?\"\n",
		p.Repo, p.Folder, counted(len(p.Files), "file"), size(total), p.Commit, quoted(p.Model))
	if err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

// plainPath is a path that means the same to every shell.
var plainPath = regexp.MustCompile(`^[\w./:@%+,\\-]+$`)

// quoted is a path as it is typed.
func quoted(path string) string {
	if plainPath.MatchString(path) {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// size is a number of bytes as the hub's pages show it.
func size(bytes int64) string { return humanize.Bytes(uint64(max(0, bytes))) }
