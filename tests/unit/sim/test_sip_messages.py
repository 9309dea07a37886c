"""A phone's SIP, without a network."""

from ivr.sim.sip_messages import Credentials, Message, Sdp, parse, parse_sdp, respond

INVITE = (
    b"INVITE sip:95000@127.0.0.1 SIP/2.0\r\n"
    b"v: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKabc\r\n"
    b'From: "A" <sip:7001@h>;tag=1\r\nTo: <sip:95000@h>\r\n'
    b"Call-ID: x@y\r\nCSeq: 7 INVITE\r\nX-Folded: one\r\n  two\r\n\r\nbody"
)


def test_a_request_is_read_with_short_and_folded_headers() -> None:
    message = parse(INVITE)

    assert message
    assert (message.method, message.branch, message.body) == ("INVITE", "z9hG4bKabc", "body")
    assert message.get("x-folded") == "one two"


def test_what_is_not_sip_is_ignored() -> None:
    assert parse(b"\r\n\r\n") is None
    assert parse(bytes(range(256))) is None


def test_an_answer_carries_our_tag_once() -> None:
    message = parse(INVITE)
    assert message

    ringing = respond(message, 180, "Ringing", "mine")

    assert ringing.get("To") == "<sip:95000@h>;tag=mine"
    assert ringing.status == 180
    assert ringing.method == "INVITE"


def test_the_length_of_a_body_is_counted_in_bytes() -> None:
    message = Message("SIP/2.0 200 OK", (("CSeq", "1 INVITE"),), "é")

    assert b"Content-Length: 2\r\n" in bytes(message)


def test_a_digest_is_that_of_rfc_2617() -> None:
    challenge = (
        'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
        'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )

    proof = Credentials("Mufasa", "Circle Of Life").authorize(challenge, "GET", "/dir/index.html")

    # Without qop, as RFC 2069 counts it: the erratum's value for these inputs.
    assert 'response="670fd8c2df070c60b045671b8b24ff02"' in proof


def test_an_offer_is_read_back_as_it_was_written() -> None:
    offer = Sdp("127.0.0.1", 4000, (0, 8), 101)

    assert parse_sdp(str(offer)) == offer
