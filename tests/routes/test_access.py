import pytest

from case_library.routes.access import SECRET_VARIABLE, TOKEN_LIFETIME_S, ClipRegistry, ServedClip, TokenSigner

KEY, OTHER = "a" * 64, "b" * 64


class Clock:
    now = 1_700_000_000.0

    def __call__(self):
        return self.now


@pytest.mark.parametrize("draft", [True, False])
def test_a_token_lets_in_to_its_clip_and_says_whether_it_is_a_draft(draft):
    signer = TokenSigner()
    assert signer.check(signer.mint(KEY, draft).text, KEY) is draft


def test_a_token_is_worth_nothing_for_another_clip_or_to_another_process():
    token = TokenSigner().mint(KEY, False).text
    signer = TokenSigner()
    assert signer.check(token, KEY) is None
    assert signer.check(signer.mint(OTHER, False).text, KEY) is None


def test_a_token_ends():
    clock = Clock()
    signer = TokenSigner(now=clock)
    token = signer.mint(KEY, False)
    assert token.ends_at == clock.now + TOKEN_LIFETIME_S
    clock.now += TOKEN_LIFETIME_S - 1
    assert signer.check(token.text, KEY) is False
    clock.now += 1
    assert signer.check(token.text, KEY) is None


def test_every_change_of_a_token_spoils_it():
    signer = TokenSigner()
    text = signer.mint(KEY, True).text
    for i, character in enumerate(text[:-1]):
        changed = text[:i] + ("A" if character != "A" else "B") + text[i + 1 :]
        assert signer.check(changed, KEY) is None


@pytest.mark.parametrize("text", ["", "A", "AAAA", "!" * 56, "é" * 56, "A" * 10_000, "\x00"])
def test_what_is_no_token_is_refused(text):
    assert TokenSigner().check(text, KEY) is None


def test_a_token_names_nothing():
    token = TokenSigner().mint(KEY, False).text
    assert KEY[:8] not in token
    assert token.isascii()
    assert "=" not in token


def test_processes_behind_one_address_share_the_secret_of_the_environment(monkeypatch):
    monkeypatch.setenv(SECRET_VARIABLE, "only they know")
    assert TokenSigner().check(TokenSigner().mint(KEY, False).text, KEY) is False


@pytest.fixture
def clip(tmp_path):
    (tmp_path / "clip-1.dcm").write_bytes(b"")
    return ServedClip(KEY, tmp_path / "clip-1.dcm", 3, 2, 1.0, draft=True)


def test_only_what_was_registered_is_served(clip):
    registry = ClipRegistry()
    assert registry.get(KEY, True) is None
    registry.register(clip)
    assert registry.get(KEY, True) == clip
    assert registry.get(KEY, False) is None


def test_a_clip_whose_file_is_gone_is_served_no_more(clip):
    registry = ClipRegistry()
    registry.register(clip)
    clip.media.unlink()
    assert registry.get(KEY, True) is None


def test_a_clip_that_another_process_handed_out_is_found(clip):
    assert ClipRegistry(lambda key, draft: clip if (key, draft) == (KEY, True) else None).get(KEY, True) == clip
