package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/minio/minio-go/v7"

	"sohoa/dossier"
)

// ErrPromise is for a bucket or service that does not keep what the archive needs.
// The error it stands in says what, in one sentence for the administrator.
var ErrPromise = errors.New("the S3 bucket cannot be used")

// probe tries out what the bucket promises. Whether it can be written is part
// of it: better to hear at the start than at the first page.
func (s *Store) probe(ctx context.Context, need Promises) error {
	exists, err := s.client.BucketExists(ctx, s.bucket)
	if err != nil {
		return mapped("look for the bucket", "", err)
	}
	if !exists {
		return broken("the bucket does not exist")
	}
	if need.ObjectLock {
		if err := s.probeObjectLock(ctx); err != nil {
			return err
		}
	}
	if need.Versioning {
		if err := s.probeVersioning(ctx); err != nil {
			return err
		}
	}
	return s.probeObject(ctx, need.Encryption)
}

func (s *Store) probeObjectLock(ctx context.Context) error {
	state, _, _, _, err := s.client.GetObjectLockConfig(ctx, s.bucket)
	if answer, ok := errors.AsType[minio.ErrorResponse](err); ok && answer.StatusCode == http.StatusNotFound {
		state, err = "", nil // no configuration
	}
	if err != nil {
		return mapped("ask for object lock", "", err)
	}
	if state != "Enabled" {
		return broken("object lock is asked for, but it is off in this bucket; it can only be switched on when a bucket is made")
	}
	return nil
}

func (s *Store) probeVersioning(ctx context.Context) error {
	state, err := s.client.GetBucketVersioning(ctx, s.bucket)
	if err != nil {
		return mapped("ask for versions", "", err)
	}
	if !state.Enabled() {
		return broken("versions are asked for, but versioning is off in this bucket; switch it on")
	}
	return nil
}

// probeObject puts one object twice and looks at it. Its key starts with a dot,
// so it is no object of the archive; a bucket with object lock may keep it.
func (s *Store) probeObject(ctx context.Context, encrypted bool) error {
	key := ".probe/" + dossier.NewID()
	if err := s.putProbe(ctx, key); err != nil {
		return mapped("write a probe", "", err)
	}
	defer func() {
		_ = s.client.RemoveObject(context.WithoutCancel(ctx), s.bucket, key, minio.RemoveObjectOptions{})
	}() // a locked bucket keeps it
	err := s.putProbe(ctx, key)
	if err == nil {
		return broken("the service ignores If-None-Match, so that an object could be overwritten")
	}
	if answer, ok := errors.AsType[minio.ErrorResponse](err); !ok || answer.StatusCode != http.StatusPreconditionFailed {
		return mapped("write a probe", "", err)
	}
	if encrypted {
		return s.probeEncryption(ctx, key)
	}
	return nil
}

func (s *Store) putProbe(ctx context.Context, key string) error {
	const body = "sohoa tries out what this bucket promises"
	options := minio.PutObjectOptions{DisableMultipart: true, ServerSideEncryption: s.encrypt}
	options.SetMatchETagExcept("*")
	_, err := s.client.Client.PutObject(ctx, s.bucket, key, strings.NewReader(body), int64(len(body)), options)
	return err
}

// probeEncryption looks for the service's word that it has encrypted what it
// was asked to: some accept the request and store the plain bytes.
func (s *Store) probeEncryption(ctx context.Context, key string) error {
	info, err := s.client.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
	if err != nil {
		return mapped("look at a probe", "", err)
	}
	if info.Headers.Get("X-Amz-Server-Side-Encryption") == "" {
		return broken("encryption is asked for, but the service stored an object without it and said nothing")
	}
	return nil
}

func broken(sentence string) error {
	return &dossier.Fault{Kind: dossier.Stop, Op: "open S3 bucket", Reason: dossier.ReasonStoreFailed, Err: fmt.Errorf("%w: %s", ErrPromise, sentence)}
}
