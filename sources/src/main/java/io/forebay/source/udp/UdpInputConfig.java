package io.forebay.source.udp;

import io.forebay.core.config.DataSize;
import io.forebay.core.config.Key;

/** The keys of {@code udp_input}. */
public record UdpInputConfig(
    @Key(
            value = "UDP port to listen on; 0 for any free one.",
            required = true,
            min = 0,
            max = 65535)
        int port,
    @Key(value = "Address to listen on; 127.0.0.1 for this machine only.", defaultValue = "0.0.0.0")
        String listen,
    @Key(
            value = "Longest datagram in bytes; the rest of a longer one is lost, and counted.",
            defaultValue = "64KiB",
            min = 1,
            max = 64 << 10)
        DataSize maxDatagramSize,
    @Key(
            value =
                "Receive buffer asked of the kernel, where datagrams wait to be read; the kernel may give less, which is logged.",
            defaultValue = "4MiB",
            min = 2048,
            max = 1 << 30)
        DataSize receiveBufferSize,
    @Key(
            value =
                "Bytes that wait for the pipeline at most; datagrams beyond that are dropped and counted as receiver_full.",
            defaultValue = "32MiB",
            min = 1)
        DataSize maxPendingSize,
    @Key(
            value = "Adds the client's address to each item as the attribute client.address.",
            defaultValue = "false")
        boolean showOriginatingIp) {}
