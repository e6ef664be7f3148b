package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"slices"
	"time"
)

// tree is what an archive has: contents by path.
type tree map[string]entry

type entry struct {
	data       []byte
	executable bool
}

func (e entry) mode() int64 {
	if e.executable {
		return 0o755
	}
	return 0o644
}

// tarball packs a tree. The same tree and time give the same bytes: files are in the
// order of their paths, belong to nobody in particular, and have the given time.
func (t tree) tarball(at time.Time) ([]byte, error) {
	var out bytes.Buffer
	packed, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(packed)
	for _, path := range slices.Sorted(maps.Keys(t)) {
		e := t[path]
		head := &tar.Header{Typeflag: tar.TypeReg, Name: path, Size: int64(len(e.data)), Mode: e.mode(), ModTime: at, Format: tar.FormatUSTAR}
		if err := w.WriteHeader(head); err != nil {
			return nil, err
		}
		if _, err := w.Write(e.data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	err = packed.Close()
	return out.Bytes(), err
}

// zipped packs a tree likewise, for Windows.
func (t tree) zipped(at time.Time) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, path := range slices.Sorted(maps.Keys(t)) {
		e := t[path]
		head := &zip.FileHeader{Name: path, Method: zip.Deflate, Modified: at}
		head.SetMode(0o644)
		if e.executable {
			head.SetMode(0o755)
		}
		f, err := w.CreateHeader(head)
		if err != nil {
			return nil, err
		}
		if _, err := io.Copy(f, bytes.NewReader(e.data)); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}
