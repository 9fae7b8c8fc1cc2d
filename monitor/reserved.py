"""The dataset that runs of the sales warehouse make, which no file can be loaded into."""

from __future__ import annotations

from kpi.report import FileReport, Ledger, Refusal, Status

SALES_WAREHOUSE = "sales_warehouse"


def refused(dataset: str, name: str) -> FileReport | None:
    """The rejection of a file whose dataset is reserved; None for all other datasets."""
    if dataset != SALES_WAREHOUSE:
        return None
    message = (
        f"{name}: found the dataset {dataset}, which is what runs of the sales warehouse make, wanted another one. "
        "Nothing was loaded; rename the file or its folder, name another dataset, or put sales into the source of the "
        "sales warehouse."
    )
    return FileReport(Status.REJECTED, Ledger(), error=Refusal("reserved_dataset", message))


def source_key_in(dataset: str, key: str) -> str:
    """The key of a file's source in its dataset. Where that is reserved, the answer to the file is kept under a key that
    the dataset's own source cannot have.
    """
    return f"file_{key}" if dataset == SALES_WAREHOUSE else key
