"""The door file, and the proofs that two ends know its secret."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.wire.admin import NONCE_BYTES, SECRET_BYTES, decode_door, encode_door, is_proof, prove

secrets = st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES)
nonces = st.binary(min_size=NONCE_BYTES, max_size=NONCE_BYTES)


@given(port=st.integers(1, 65_535), secret=secrets)
def test_a_door_file_is_decoded_as_it_was_encoded(port: int, secret: bytes) -> None:
    assert decode_door(encode_door(port, secret)) == (port, secret)


@given(data=st.binary(max_size=100) | st.from_regex(rb"[0-9+_ -]{0,6} ?[0-9a-fx]{62,66}\n?", fullmatch=True))
def test_any_content_is_a_valid_door_file_or_an_error(data: bytes) -> None:
    with suppress(ValueError):
        port, secret = decode_door(data)
        assert 0 < port < 65_536
        assert len(secret) == SECRET_BYTES


def test_a_truncated_secret_is_an_error() -> None:
    with pytest.raises(ValueError, match="no door"):
        decode_door(encode_door(80, bytes(SECRET_BYTES // 2)))


@given(secret=secrets, other=secrets, client=nonces, server=nonces)
def test_a_proof_is_valid_for_one_end_of_one_connection(
    secret: bytes, other: bytes, client: bytes, server: bytes
) -> None:
    proof = prove(secret, "client", client, server)
    assert is_proof(proof, secret, "client", client, server)
    assert not is_proof(proof, secret, "server", client, server)
    assert is_proof(proof, other, "client", client, server) == (other == secret)
    assert is_proof(proof, secret, "client", server, client) == (client == server)
    assert not is_proof(proof[:-1], secret, "client", client, server)
