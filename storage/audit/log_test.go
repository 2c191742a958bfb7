package audit_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"golang.org/x/sync/errgroup"

	"sohoa/storage/audit"
	"sohoa/storage/storagetest/pgtest"
)

// treeHash is the Merkle tree hash as RFC 6962, section 2.1, defines it: by
// recursion, from the leaves alone.
func treeHash(leaves []string) [32]byte {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256([]byte("\x00" + leaves[0]))
	}
	k := 1
	for k*2 < len(leaves) {
		k *= 2
	}
	left, right := treeHash(leaves[:k]), treeHash(leaves[k:])
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

// TestVectors proves treeHash on the test vectors of Certificate Transparency
// (the leaves and roots in certificate-transparency's merkletree tests).
func TestVectors(t *testing.T) {
	var leaves []string
	for _, text := range []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"} {
		leaf, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, string(leaf))
	}
	for size, want := range map[int]string{
		0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	} {
		if got := treeHash(leaves[:size]); hex.EncodeToString(got[:]) != want {
			t.Errorf("size %d: %x, want %s", size, got, want)
		}
	}
}

// leaves reads the leaves of the log from their tiles, as somebody would who
// has the objects and no sohoa.
func (f *folder) leaves(t *testing.T, size int) (all []string) {
	t.Helper()
	for first := 0; first < size; first += 256 {
		tile := tlog.Tile{H: 8, L: -1, N: int64(first / 256), W: min(256, size-first)}
		lines := strings.SplitAfter(string(f.bytes["log/"+tile.Path()]), "\n")
		if len(lines) != tile.W+1 {
			t.Fatalf("%s holds %d lines, want %d", tile.Path(), len(lines)-1, tile.W)
		}
		for _, line := range lines[:tile.W] {
			all = append(all, strings.TrimSuffix(line, "\n"))
		}
	}
	return all
}

// TestLogProvesItself grows a log past full tiles, with a checkpoint at many
// sizes: every root is the one that the leaves give, every checkpoint extends
// every earlier one, and any leaf can be proven with tiles alone.
func TestLogProvesItself(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		objects := newFolder()
		size := 0
		for _, grow := range []int{1, 1, 1, 4, 60, 189, 1, 255, 88} {
			r.append(size, grow)
			size += grow
			r.seal(objects)
		}
		leaves := objects.leaves(t, size)
		sizes := []int{}
		for _, key := range slices.Sorted(maps.Keys(objects.bytes)) {
			if !strings.HasPrefix(key, "log/checkpoint/") {
				continue
			}
			c, err := audit.ParseCheckpoint(string(objects.bytes[key]))
			r.must(err)
			if want := treeHash(leaves[:c.Size]); c.Root != want {
				t.Errorf("root of %d leaves: %x, want %x", c.Size, c.Root, want)
			}
			sizes = append(sizes, int(c.Size))
		}
		if want := []int{1, 2, 3, 7, 67, 256, 257, 512, 600}; !slices.Equal(sizes, want) {
			t.Errorf("checkpoints at %v, want %v", sizes, want)
		}
		for n, line := range leaves {
			if leaf, err := audit.ParseLeaf(line); err != nil || leaf.N != int64(n) || leaf.Subject != strconv.Itoa(n) {
				t.Errorf("leaf %d is %s: %v", n, line, err)
			}
		}
		objects.prove(t, leaves, 256, 257, 511)
		if verdict := r.verify(objects); len(verdict.Findings) > 0 || verdict.Entries != 600 || verdict.Sealed != 600 {
			t.Errorf("verdict %+v", verdict)
		}
		if verdict := verifyObjects(t, objects, r.key.Verifier()); len(verdict.Findings) > 0 || verdict.Entries != 600 {
			t.Errorf("verdict on objects alone %+v", verdict)
		}
		if n := r.count("audit_pending"); n != 0 {
			t.Errorf("%d rows are pending", n)
		}
	})
}

// prove checks inclusion and consistency with the reader of package tlog, which
// gets nothing but tiles.
func (f *folder) prove(t *testing.T, leaves []string, numbers ...int64) {
	t.Helper()
	size := int64(len(leaves))
	root := treeHash(leaves)
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, tiles{f})
	for _, n := range numbers {
		proof, err := tlog.ProveRecord(size, n, reader)
		if err == nil {
			err = tlog.CheckRecord(proof, size, root, n, tlog.RecordHash([]byte(leaves[n])))
		}
		if err != nil {
			t.Errorf("leaf %d is not proven: %v", n, err)
		}
		extends, err := tlog.ProveTree(size, n+1, reader)
		if err == nil {
			err = tlog.CheckTree(extends, size, root, n+1, treeHash(leaves[:n+1]))
		}
		if err != nil {
			t.Errorf("the log is not proven to extend its first %d leaves: %v", n+1, err)
		}
	}
}

// tiles is the folder as package tlog reads it.
type tiles struct{ *folder }

func (tiles) Height() int                     { return 8 }
func (tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (f tiles) ReadTiles(list []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, len(list))
	for i, tile := range list {
		body, ok := f.bytes["log/"+tile.Path()]
		if !ok {
			return nil, fmt.Errorf("no tile %s", tile.Path())
		}
		all[i] = body
	}
	return all, nil
}

// TestOrder numbers events in the order in which they were written, whatever
// the clock said.
func TestOrder(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		for _, second := range []int{5, 3, 9, 1} {
			r.append(second, 1)
		}
		r.must(r.NumberAll(t.Context()))
		entries, err := r.Entries(t.Context(), audit.Filter{Limit: 10})
		r.must(err)
		got := ""
		for _, e := range entries {
			got += e.Subject + " "
		}
		if got != "5 3 9 1 " {
			t.Errorf("order %s, want 5 3 9 1", got)
		}
		later, err := r.Entries(t.Context(), audit.Filter{Since: act(4).At, Limit: 10})
		if err != nil || len(later) != 2 || later[0].Text != `{"version":1}` {
			t.Errorf("since: %+v, %v", later, err)
		}
		one, err := r.Entries(t.Context(), audit.Filter{Subject: "9", Limit: 10})
		if err != nil || len(one) != 1 || one[0].N != 2 {
			t.Errorf("by subject: %+v, %v", one, err)
		}
	})
}

// TestTwoSequencers numbers from two processes' worth of connections while
// events keep coming: no number is left out, none is given twice.
func TestTwoSequencers(t *testing.T) {
	address := pgtest.Start(t)
	first := newRig(t, address)
	second := openRig(t, address, first.key)
	const writers, each = 3, 60
	writing, ctx := errgroup.WithContext(t.Context())
	for w := range writers {
		writing.Go(func() error {
			for n := range each {
				if err := first.Viewed(ctx, act(0), deed(fmt.Sprintf("%d-%d", w, n))); err != nil {
					return err
				}
			}
			return nil
		})
	}
	done := make(chan struct{})
	var numbering errgroup.Group
	for _, r := range []*rig{first, second} {
		numbering.Go(func() error {
			for {
				n, err := r.Number(t.Context())
				if err != nil {
					return err
				}
				select {
				case <-done:
					if n == 0 {
						return nil
					}
				default:
				}
			}
		})
	}
	first.must(writing.Wait())
	close(done)
	first.must(numbering.Wait())
	objects := newFolder()
	first.seal(objects)
	verdict := second.verify(objects)
	if verdict.Entries != writers*each || len(verdict.Findings) > 0 {
		t.Errorf("%d entries, want %d; findings %+v", verdict.Entries, writers*each, verdict.Findings)
	}
}

var errCut = errors.New("cut off")

// TestExportIsRepeated cuts the export off before each of its writes: done
// again, it gives what an undisturbed one gives, byte for byte.
func TestExportIsRepeated(t *testing.T) {
	for at := 0; ; at++ {
		r := newRig(t, "")
		objects := newFolder()
		r.append(0, 300)
		r.seal(objects)
		r.append(300, 20)
		r.must(r.NumberAll(t.Context()))
		_, err := r.Sign(t.Context(), act(0))
		r.must(err)
		writes := 0
		objects.before = func() error {
			if writes++; writes > at {
				return errCut
			}
			return nil
		}
		err = r.Export(t.Context(), objects)
		if err == nil {
			if at < 3 {
				t.Errorf("only %d writes", at)
			}
			return
		}
		if !errors.Is(err, errCut) {
			t.Fatal(err)
		}
		for key := range objects.bytes {
			if strings.HasSuffix(key, "0320.txt") {
				t.Error("the checkpoint is there before all of its tiles")
			}
		}
		objects.before = nil
		r.append(320, 5) // numbers move on meanwhile
		r.must(r.NumberAll(t.Context()))
		r.must(r.Export(t.Context(), objects))
		r.seal(objects)
		if verdict := r.verify(objects); len(verdict.Findings) > 0 || verdict.Checkpoints != 3 {
			t.Errorf("cut off at write %d: %+v", at, verdict)
		}
		if listed := r.count("objects"); listed != len(objects.bytes) {
			t.Errorf("%d objects are listed, %d are there", listed, len(objects.bytes))
		}
	}
}

// TestRestore loses the database and gets the log back from its tiles; it goes
// on behind, with a new key, and says so.
func TestRestore(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		objects := newFolder()
		r.append(0, 300)
		r.seal(objects)
		r.append(300, 7) // not under a checkpoint: lost
		r.must(r.NumberAll(t.Context()))
		other, err := audit.MakeKey(filepath.Join(t.TempDir(), "new.key"), archiveID)
		r.must(err)
		again := newRig(t, "")
		again.key = r.key
		again.Log = again.open(other)
		found, err := again.Restore(t.Context(), act(1000), objects)
		r.must(err)
		if found.Entries != 300 || len(found.Lost) != 2 {
			t.Errorf("restored %+v", found)
		}
		again.append(400, 3)
		again.seal(objects)
		verdict := again.verify(objects)
		if len(verdict.Findings) > 0 || verdict.Entries != 305 || verdict.Unrestored != 300 || len(verdict.Notes) != 2 {
			t.Errorf("verdict %+v", verdict)
		}
		if _, err := again.Restore(t.Context(), act(1001), objects); err == nil {
			t.Error("a log was restored over another one")
		}
		if err := r.CheckCurrent(t.Context(), objects); err != nil && !errors.Is(err, audit.ErrForked) {
			t.Error(err)
		} else if err == nil {
			t.Error("the lost database came back, and its numbers were given twice")
		}
		// A tile of entries is lost: the tree is carried by the hashes.
		delete(objects.bytes, "log/tile/8/data/000")
		third := newRig(t, "")
		third.key = r.key
		third.Log = third.open(other)
		found, err = third.Restore(t.Context(), act(2000), objects)
		if err != nil || found.Entries != 305 || !strings.Contains(strings.Join(found.Lost, " "), "tile/8/data/000") {
			t.Errorf("restored without a tile: %+v, %v", found, err)
		}
		third.append(500, 1)
		third.seal(objects)
		if verdict := verifyObjects(t, objects, r.key.Verifier()); !slices.Equal(names(verdict), []string{"tile_missing"}) {
			t.Errorf("verdict %+v", verdict)
		}
	})
}

// TestUnprovenLogIsNotRestored changes what the newest checkpoint covers, or
// the checkpoint: nothing may be built on that.
func TestUnprovenLogIsNotRestored(t *testing.T) {
	r := newRig(t, "")
	objects := newFolder()
	r.append(0, 20)
	r.seal(objects)
	for key, body := range objects.bytes {
		if strings.Contains(key, "/data/") {
			continue // its hashes are there a second time
		}
		objects.bytes[key] = slices.Concat(body[:len(body)/2], []byte{body[len(body)/2] ^ 1}, body[len(body)/2+1:])
		if strings.Contains(key, "tile") {
			delete(objects.bytes, strings.Replace(key, "/0/", "/data/", 1))
		}
		other := newRig(t, "")
		other.key = r.key
		other.Log = other.open(r.key)
		if _, err := other.Restore(t.Context(), act(0), objects); err == nil {
			t.Errorf("restored although %s was changed", key)
		}
		objects = newFolder()
		r = newRig(t, "")
		r.append(0, 20)
		r.seal(objects)
	}
}

// TestErased erases a payload: the log says so, and only then it is no finding.
func TestErased(t *testing.T) {
	onEach(t, func(t *testing.T, r *rig) {
		objects := newFolder()
		r.append(0, 5)
		r.seal(objects)
		entries, err := r.Entries(t.Context(), audit.Filter{Limit: 9})
		r.must(err)
		r.must(r.Erase(context.Background(), act(10), entries[2].ID))
		r.seal(objects)
		if verdict := r.verify(objects); len(verdict.Findings) > 0 || verdict.Erased != 1 {
			t.Errorf("verdict %+v", verdict)
		}
		r.exec("DELETE FROM audit_payloads WHERE id = '" + entries[3].ID + "'")
		if got := names(r.verify(objects)); !slices.Equal(got, []string{"payload_missing 3"}) {
			t.Errorf("findings %v", got)
		}
	})
}

// TestSameBytes signs the same tree twice: a checkpoint holds no time and no
// chance.
func TestSameBytes(t *testing.T) {
	r := newRig(t, "")
	objects := newFolder()
	r.append(0, 3)
	r.seal(objects)
	r.exec("DELETE FROM audit_checkpoints")
	r.seal(objects) // put-if-absent accepts only the same bytes
	if fresh, err := r.Sign(t.Context(), act(9)); err != nil || fresh {
		t.Errorf("signed again without anything new: %v", err)
	}
}

func (r *rig) exec(statement string) {
	r.t.Helper()
	if _, err := r.db().Exec(statement); err != nil {
		r.t.Fatalf("%s: %v", statement, err)
	}
}
