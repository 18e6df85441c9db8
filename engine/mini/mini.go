// Package mini is the model that the program carries, so that every command works without a download: a small hybrid of
// M1's form that reasons about school mathematics, one token a byte. The folder train in this repository made it.
//
//	checkpoint, err := engine.Load(mini.FS(), ops)
package mini

import (
	"embed"
	"io/fs"
)

//go:embed model
var files embed.FS

// FS returns the model's folder: a checkpoint in Hugging Face's form.
func FS() fs.FS {
	folder, err := fs.Sub(files, "model")
	if err != nil {
		panic(err) // only an invalid name is refused
	}
	return folder
}
