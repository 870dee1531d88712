"""An invented company, "Зерно и пар": it rents and services coffee machines and sells beans.

`story` says what happened to it, month by month; `chance` draws what the story leaves open. The
other modules make people, clients, sales, support and surveys out of these two, and `sheets` writes
them as the exports of six different systems.
"""
