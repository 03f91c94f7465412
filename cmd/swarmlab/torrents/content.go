package torrents

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/protocol/metainfo"
)

// content is what a torrent is made of: a file or a folder.
type content struct {
	files []contentFile // in the order of the plan
}

type contentFile struct {
	name   string // to open it by
	length uint64
}

// openContent finds the files, and notes them and the name in the plan.
func openContent(name string, plan *metainfo.Plan) (*content, error) {
	about, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, command.Refuse("%s: there is no such file or folder", name)
	}
	if err != nil {
		return nil, command.Exit(command.Refused, err)
	}
	whole, err := filepath.Abs(name) // so that . has a name
	if err != nil {
		return nil, command.Exit(command.Refused, err)
	}
	plan.Name, plan.Folder = filepath.Base(whole), about.IsDir()
	t := &content{}
	switch {
	case plan.Folder:
		err = t.walk(name, plan)
	case about.Mode().IsRegular():
		t.add(plan, name, nil, about)
	default:
		err = command.Refuse("%s is neither a file nor a folder; name one", name)
	}
	if err == nil && len(t.files) == 0 {
		err = command.Refuse("%s: there are no files in it; a torrent needs at least one byte",
			name)
	}
	return t, err
}

func (t *content) add(plan *metainfo.Plan, name string, path []string, about fs.FileInfo) {
	length := uint64(about.Size())
	t.files = append(t.files, contentFile{name, length})
	plan.Files = append(plan.Files, metainfo.File{Path: path, Length: length})
}

// walk finds the files of a folder. They come in the order of the names in their paths.
func (t *content) walk(folder string, plan *metainfo.Plan) error {
	root, err := filepath.EvalSymlinks(folder) // the folder itself may be a link
	if err != nil {
		return command.Exit(command.Refused, err)
	}
	return filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return command.Exit(command.Refused, err)
		}
		if entry.IsDir() {
			return nil
		}
		about, err := entry.Info()
		if err != nil {
			return command.Exit(command.Refused, err)
		}
		switch mode := about.Mode(); {
		case mode&fs.ModeSymlink != 0:
			return command.Refuse("%s is a symbolic link, which a torrent cannot hold; take it "+
				"out of the folder, or put a copy of what it leads to in its place", name)
		case !mode.IsRegular():
			return command.Refuse("%s is no file of bytes (%v); take it out of the folder", name,
				mode.Type())
		}
		below, err := filepath.Rel(root, name)
		if err != nil {
			return command.Exit(command.Refused, err)
		}
		t.add(plan, name, strings.Split(below, string(filepath.Separator)), about)
		return nil
	})
}

// contentStep is how many bytes are hashed between two steps.
const contentStep = 1 << 20

// feed writes the bytes of all files, and calls step every now and then; an error of step ends it.
func (t *content) feed(w io.Writer, step func() error) error {
	buffer := make([]byte, contentStep)
	for n := range t.files {
		if err := t.files[n].feed(w, buffer, step); err != nil {
			return err
		}
	}
	return nil
}

func (f *contentFile) feed(w io.Writer, buffer []byte, step func() error) error {
	file, err := os.Open(f.name)
	if err != nil {
		return err
	}
	defer file.Close()
	for left := f.length; ; {
		if err := step(); err != nil {
			return err
		}
		n, err := file.Read(buffer)
		if uint64(n) > left || err == io.EOF && left > 0 {
			return fmt.Errorf("%s changed its length while it was read; try again when "+
				"nobody writes to it", f.name)
		}
		if _, err := w.Write(buffer[:n]); err != nil {
			return err
		}
		left -= uint64(n)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
