"""The configuration: every key, and a sentence for each mistake."""

from pathlib import Path

import msgspec
import pytest

from parley.server.config import Config, ConfigError, load, split_address

EVERY_KEY = """
listen = ["127.0.0.1:1", "[::1]:2"]
url = "https://chat.example.org"
data = "somewhere"
log = "json"
access = "members"
webhook_allow = ["127.0.0.1:8080"]
tls_cert = "cert.pem"
tls_key = "key.pem"
allow_plaintext = true
trusted_proxies = ["10.0.0.0/8", "::1"]
guest_hold = 1.5
receipts = 7
rate_messages = 2
rate_burst = 3
connections_per_address = 4
rooms_per_user = 8
edit_seconds = 60
tail_memory = 9
stall_timeout = 5
handshake_timeout = 6
keepalive_timeout = 7
ping_interval = 8
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "parley.toml"


def test_every_key_can_be_set(file: Path) -> None:
    file.write_text(EVERY_KEY, encoding="utf-8")
    config = load(file)
    assert config == Config(
        listen=["127.0.0.1:1", "[::1]:2"],
        url="https://chat.example.org",
        data="somewhere",
        log="json",
        access="members",
        webhook_allow=["127.0.0.1:8080"],
        tls_cert="cert.pem",
        tls_key="key.pem",
        allow_plaintext=True,
        trusted_proxies=["10.0.0.0/8", "::1"],
        guest_hold=1.5,
        receipts=7,
        rate_messages=2,
        rate_burst=3,
        connections_per_address=4,
        rooms_per_user=8,
        edit_seconds=60,
        tail_memory=9,
        stall_timeout=5,
        handshake_timeout=6,
        keepalive_timeout=7,
        ping_interval=8,
    )
    defaults = Config()
    for key in set(Config.__struct_fields__) - {"tls"}:  # tls and tls_cert exclude each other
        assert getattr(config, key) != getattr(defaults, key), f"{key} is not in the test"


def test_the_names_of_a_self_signed_certificate(file: Path) -> None:
    file.write_text('tls = "auto"', encoding="utf-8")
    assert load(file).tls == "auto"
    assert load(None, tls="auto", allow_plaintext=None).tls == "auto"


def test_flags_override_the_file(file: Path) -> None:
    file.write_text(EVERY_KEY, encoding="utf-8")
    config = load(file, listen=["127.0.0.1:9"], log="text", data=None, tls_cert=None, tls_key=None)
    assert (config.listen, config.log, config.data) == (["127.0.0.1:9"], "text", "somewhere")


def test_without_a_file_there_are_defaults() -> None:
    config = load(None, listen=[], data=None, log=None)
    assert config == Config()
    assert config.listen == ["127.0.0.1:59000"]


def test_every_flag_has_a_key() -> None:
    from parley.cli.serve import serve

    flags = {name for parameter in serve.params if (name := parameter.name)}
    assert flags - {"file"} <= set(Config.__struct_fields__)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("colour = 1", "there is no key `colour`; the keys are listen, url, data, log,"),
        ("[server]\nlisten = []", "there is no key `server`"),
        ("listen = 1", "expected `array`, got `int` - at `$.listen`."),
        ("listen = []", "listen can't be empty."),
        ('url = "chat.example.org"', "url begins with https:// or http://"),
        (
            'url = "https://chat.example/chat"',
            "url: 'https://chat.example/chat' has the path '/chat', and a server can't",
        ),
        ('url = "https://chat.example//"', "has the path '//'"),
        ('url = "https://chat.example/?x"', "has the path '/?x'"),
        ('url = "https://"', "url: 'https://' is not https://HOST or https://HOST:PORT"),
        ('url = "https://ann:pw@chat.example"', "is not https://HOST"),
        ('url = "https://chat.example?x"', "is not https://HOST"),
        ('url = "https://chat.example:70000"', "is not https://HOST"),
        ('url = "https://chat.example:0"', "is not https://HOST"),
        ('url = "https://chat.example "', "is not https://HOST"),
        ('url = "https://bücher.example"', "is not https://HOST or https://HOST:PORT, in ASCII"),
        ('access = "friends"', "invalid enum value 'friends'"),
        ('webhook_allow = ["x y"]', "webhook_allow"),
        ('listen = ["nowhere"]', "'nowhere' is no address to listen on; write HOST:PORT, e.g. 127.0.0.1:59000."),
        ('listen = ["a:70000"]', "'a:70000' is no address"),
        ('listen = ["a:-1"]', "'a:-1' is no address"),
        ('listen = ["::1:80"]', "'::1:80' is no address"),
        ('log = "loud"', "invalid enum value 'loud' - at `$.log`."),
        ('tls_cert = "x"', "TLS needs both tls_cert and tls_key."),
        ('tls_key = "x"', "TLS needs both tls_cert and tls_key."),
        ('tls = "on"', "invalid enum value 'on' - at `$.tls`."),
        ('tls = "auto"\ntls_cert = "x"\ntls_key = "y"', "leave either it or tls_cert and tls_key out."),
        ('trusted_proxies = ["10.0.0.1/8"]', "'10.0.0.1/8' is no address or network; write e.g. 10.0.0.1"),
        ('trusted_proxies = ["proxy.example"]', "'proxy.example' is no address or network"),
        ("guest_hold = -1", "guest_hold can't be negative."),
        ("rate_messages = -1", "rate_messages can't be negative."),
        ("rate_messages = nan", "rate_messages can't be negative."),
        ("connections_per_address = -1", "connections_per_address can't be negative."),
        ("rate_burst = 0.5", "rate_burst must be positive."),
        ("stall_timeout = 0", "stall_timeout must be positive."),
        ("stall_timeout = nan", "stall_timeout must be positive."),
        ("handshake_timeout = -3", "handshake_timeout must be positive."),
        ("keepalive_timeout = 0", "keepalive_timeout must be positive."),
        ("ping_interval = -1", "ping_interval can't be negative."),
        ("guest_hold = true", "expected `float`, got `bool`"),
        ("= 3", "is no TOML file"),
    ],
)
def test_a_mistake_and_its_sentence(file: Path, text: str, sentence: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file)
    message = str(caught.value)
    assert sentence in message
    assert message.endswith(".")
    assert "\n" not in message


def test_a_missing_file_is_reported(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"parley\.toml can't be read: No such file or directory\."):
        load(file)


def test_a_byte_order_mark_is_no_part_of_the_file(file: Path) -> None:
    file.write_bytes(b'\xef\xbb\xbflog = "json"\r\n')
    assert load(file).log == "json"


@pytest.mark.parametrize("text", ['data = "a\\u0000b"', 'listen = ["127.0.0.1:1", "\\n"]', 'url = "https://a\\tb"'])
def test_a_control_character_in_a_value_is_refused(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError, match="holds a control character"):
        load(file)


def test_a_file_that_is_not_text_is_reported(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is no TOML file"):
        load(file)


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("127.0.0.1:59000", ("127.0.0.1", 59000)),
        ("[::1]:80", ("::1", 80)),
        (":80", ("127.0.0.1", 80)),
        ("chat.example:0", ("chat.example", 0)),
    ],
)
def test_the_form_of_addresses(address: str, parts: tuple[str, int]) -> None:
    assert split_address(address) == parts


def test_the_configuration_is_documented_key_by_key() -> None:
    documented = Config.__doc__ or ""
    for field in msgspec.structs.fields(Config):
        assert field.name in documented


@pytest.mark.parametrize("url", ["http://h", "https://chat.example.org/", "https://[::1]:8443", "http://10.0.0.1:80"])
def test_an_origin_can_be_the_url(file: Path, url: str) -> None:
    file.write_text(f'url = "{url}"', encoding="utf-8")
    assert load(file).url == url
