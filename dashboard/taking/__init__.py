"""The dashboard to take away: as a page of HTML, as a PDF and as a workbook, all made of one report."""
