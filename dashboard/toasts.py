"""Short notices at the foot of the page, gone by themselves."""

from __future__ import annotations

import streamlit as st

UNSEEN = "toast_names"  # the key of what has nothing to show
# To a screen reader Streamlit's toasts are dialogs without a name: each is given its own words for one.
NAME_THEM = """export default function () {
  if (window.kpiToasts) return;
  const name = () => document.querySelectorAll('[data-testid="stToast"]:not([aria-label])')
    .forEach((toast) => toast.setAttribute("aria-label", toast.textContent.trim() || "Notice"));
  window.kpiToasts = new MutationObserver(name);
  window.kpiToasts.observe(document.body, { childList: true, subtree: true });
  name();
}"""

_names = st.components.v2.component("kpi_toast_names", js=NAME_THEM)


def name_them() -> None:
    """Once for each drawing of the page, before anything is told."""
    with st.container(key=UNSEEN):
        _names(key="kpi_toasts")


def tell(text: str, icon: str = ":material/check:") -> None:
    """Markdown, in nobody's way, and not gone at the next drawing."""
    st.toast(text, icon=icon)
