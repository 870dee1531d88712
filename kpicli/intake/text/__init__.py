"""Text: whatever was written becomes sound UTF-8 lines, each of them a row.

`packing` and `transcoding` undo how a file was stored, `encodings`, `sniff`, `layout` and `footer`
tell how it is written, `structure` makes sure that every line is a row, with `salvage` for those
that are none.
"""
