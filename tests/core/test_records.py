"""What is kept of secrets."""

from parley.core.tokens import hash_code, hash_token


def test_of_tokens_and_codes_a_sha_256_is_kept() -> None:
    # FIPS 180-4, "abc"
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert hash_token("abc").hex() == hash_code("abc") == expected


def test_what_is_no_text_has_a_hash_as_well_and_is_found_nowhere() -> None:
    assert len(hash_token("\udcff\ud800")) == 32
