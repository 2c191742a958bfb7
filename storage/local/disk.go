package local

import "os"

// disk is what Put does to the file system, one method a step. It exists so
// that tests can let each step fail and see in which order they come; the
// product has the one implementation below.
type disk interface {
	write(f *os.File, p []byte) (int, error)
	sync(f *os.File) error // of a file or of an opened directory
	mkdir(path string) error
	link(from, to string) error
}

// osDisk is the real file system.
type osDisk struct{}

func (osDisk) write(f *os.File, p []byte) (int, error) { return f.Write(p) }
func (osDisk) sync(f *os.File) error                   { return f.Sync() }
func (osDisk) mkdir(path string) error                 { return os.Mkdir(path, dirMode) }
func (osDisk) link(from, to string) error              { return os.Link(from, to) }

const (
	dirMode = 0o755
	// fileMode has no write bit: an object never changes, and a careless editor
	// should be told so by the system.
	fileMode = 0o444
)
