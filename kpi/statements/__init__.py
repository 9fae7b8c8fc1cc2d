"""The statements by which KPIs become numbers: SQLAlchemy Core over `facts` and `dates`, alike on every engine."""
