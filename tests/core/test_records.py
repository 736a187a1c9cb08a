"""The stored forms of secrets."""

from parley.core.tokens import hash_code, hash_token


def test_tokens_and_codes_are_stored_as_sha_256() -> None:
    # FIPS 180-4, "abc"
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert hash_token("abc").hex() == hash_code("abc") == expected


def test_invalid_unicode_has_a_hash_too_and_matches_no_token() -> None:
    assert len(hash_token("\udcff\ud800")) == 32
