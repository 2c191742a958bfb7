package s3

import (
	"context"
	"net"
	"net/http"
	"time"
)

const dialTimeout = 10 * time.Second

// transport gives up connections on which nothing moves for the time stall.
func transport(stall time.Duration) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &stallConn{Conn: conn, stall: stall}, nil
		},
		TLSHandshakeTimeout: dialTimeout,
		IdleConnTimeout:     stall,
		MaxIdleConnsPerHost: 16,
		DisableCompression:  true, // an object is the bytes that were put
	}
}

// stallConn moves its deadline on with every read and write. Both move both:
// while a long object is sent, the answer is awaited all the time.
type stallConn struct {
	net.Conn
	stall time.Duration
}

func (c *stallConn) Read(p []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(c.stall)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c *stallConn) Write(p []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(c.stall)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}
