package main

import (
	"testing"

	"golang.org/x/sync/errgroup"

	"sohoa/dossier"
	"sohoa/pipeline"
)

// slip is the text of a receipt slip, which opens the dossier of its code.
func slip(code string) string {
	return "QR " + code + "\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\nGIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ\n\nMã hồ sơ: " + code + "\n"
}

// TestSpreadOfTwoDossiers: the two pages of a spread go to two dossiers that are
// published at the same time. The image has the class of both only when both
// are placed, and a rebuild comes to the same.
func TestSpreadOfTwoDossiers(t *testing.T) {
	t.Parallel()
	const otherCode = "H38.12-260102-0002"
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		a, flow := r.open(t)
		batch := claimTexts(t, flow, separator(t, someCode, 0), paper(birth, "An")+"\v"+slip(otherCode), paper(marriage, "Ba"))
		r.until(t, a, flow, batch.ID, dossier.StepPublish)
		first := publishing(t, a, someCode)
		second := publishing(t, a, otherCode)
		if err := flow.Do(t.Context(), first); err != nil {
			t.Fatal(err)
		}
		if state := pageStateOf(t, a, batch.ID, 1); state == dossier.PagePlaced {
			t.Error("the image of a spread is placed while one of its pages is not")
		}
		if err := flow.Do(t.Context(), second); err != nil {
			t.Fatal(err)
		}
		closeArchive(t, a)
		wantSpreadPlaced(t, r, batch.ID)
		r.wantIntact(t)
		again := r.rebuilt(t)
		wantSpreadPlaced(t, again, batch.ID)
		again.wantIntact(t)
	})
}

// TestSpreadPublishedAtOnce publishes both dossiers of a spread in two
// transactions that overlap, time after time.
func TestSpreadPublishedAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, address string) {
		r := newRig(t, address)
		a, flow := r.open(t)
		defer closeArchive(t, a)
		for i := range 6 {
			left, right := "H38.12-260102-10"+string(rune('0'+i))+"1", "H38.12-260102-10"+string(rune('0'+i))+"2"
			batch := claimTexts(t, flow, separator(t, left, 0), paper(birth, left)+"\v"+slip(right))
			r.until(t, a, flow, batch.ID, dossier.StepPublish)
			jobs := []dossier.Job{publishing(t, a, left), publishing(t, a, right)}
			var both errgroup.Group
			for _, job := range jobs {
				both.Go(func() error { return again(t, flow, job) })
			}
			if err := both.Wait(); err != nil {
				t.Fatal(err)
			}
			if state := pageStateOf(t, a, batch.ID, 1); state != dossier.PagePlaced {
				t.Errorf("round %d: the image of a placed spread is %s", i, state)
			}
		}
	})
}

// again does a job, and does it again when a database says so, as the queue does.
func again(t *testing.T, flow *pipeline.Flow, job dossier.Job) error {
	t.Helper()
	err := flow.Do(t.Context(), job)
	for range 5 {
		if err == nil {
			break
		}
		err = flow.Do(t.Context(), job)
	}
	return err
}

// publishing is the job that publishes the dossier of a code.
func publishing(t *testing.T, a *archive, code string) dossier.Job {
	t.Helper()
	id, found, err := a.catalog.ByCode(t.Context(), a.unit().ID, code)
	if err != nil || !found {
		t.Fatalf("dossier %s: %t, %v", code, found, err)
	}
	return dossier.Job{Step: dossier.StepPublish, Unit: a.unit().ID, Subject: string(id)}
}

// pageStateOf is the class of the n-th image of a batch.
func pageStateOf(t *testing.T, a *archive, batch dossier.BatchID, n int) dossier.PageState {
	t.Helper()
	images, err := a.catalog.Images(t.Context(), batch)
	if err != nil || len(images) <= n {
		t.Fatalf("%d images, %v", len(images), err)
	}
	return images[n].State
}

// wantSpreadPlaced: both pages of the spread are in a paper each, of a dossier
// each, and their image is placed.
func wantSpreadPlaced(t *testing.T, r *rig, batch dossier.BatchID) {
	t.Helper()
	parts := map[int]dossier.DossierID{}
	for _, m := range r.dossiers(t) {
		for _, c := range m.Dossier.Components {
			for _, page := range c.Pages {
				if page.File == "b.jpg" {
					parts[page.Part] = m.Dossier.ID
				}
			}
		}
	}
	if len(parts) != 2 || parts[1] == parts[2] {
		t.Errorf("pages of the spread are in %v", parts)
	}
	r.with(t, func(a *archive) {
		if state := pageStateOf(t, a, batch, 1); state != dossier.PagePlaced {
			t.Errorf("the image of the spread is %s", state)
		}
	})
}
