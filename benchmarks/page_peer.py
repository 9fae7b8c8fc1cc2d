"""The peer of `page.py`: an empty Streamlit page with one Plotly chart, as its documentation draws one."""

import plotly.graph_objects as go
import streamlit as st

st.plotly_chart(go.Figure(go.Scatter(x=[1, 2, 3, 4], y=[1, 3, 2, 4])))
